"""The sketches that listen to the serial port, on a computer, fed by the `send.py` beside them."""

import runpy
import subprocess
import sys
import time
import types
import wave

import numpy as np
import pytest

from nas.export.host_program import host_program, stream_events
from tests.export.layouts.cross import HEADERS, compile_all, compiler
from tests.export.toy import SETTINGS, clips

FRAME = 32
FRAME_BYTES = 68
SKETCHES = {
    "arduino": "nas_model/examples/listen_serial/listen_serial.ino",
    "platformio": "example/src/main.cpp",
}


class Port:
    """What `send.py` sees of pyserial; keeps what was sent."""

    sent = b""
    refused = ""

    def __init__(self, name, rate, timeout):
        assert (name, rate, timeout) == ("PORT", 500_000, 0)
        if Port.refused:
            raise OSError(Port.refused)
        Port.sent = b""

    def write(self, content):
        Port.sent += content

    def read(self, size):
        return b""


@pytest.fixture(scope="module")
def samples():
    heard = np.concatenate(clips(40, seed=3))
    return heard[: len(heard) // FRAME * FRAME]


@pytest.fixture(scope="module", params=SKETCHES)
def target(request, tree):
    return tree.path / "targets" / request.param


def recording(path, samples, *, rate=SETTINGS.sample_rate_hz, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture
def sender(target, monkeypatch):
    """Runs the tree's `send.py` on a recording, with a pyserial of ours."""
    monkeypatch.setitem(
        sys.modules, "serial", types.SimpleNamespace(Serial=Port, SerialException=OSError)
    )
    monkeypatch.setattr(time, "sleep", lambda seconds: None)

    def send(path):
        monkeypatch.setattr(sys, "argv", ["send.py", "PORT", str(path)])
        runpy.run_path(str(target / "send.py"), run_name="__main__")

    return send


@pytest.fixture
def sent(sender, samples, tmp_path):
    """The bytes that `send.py` sends of `samples`."""
    sender(recording(tmp_path / "FILE.wav", samples))
    return Port.sent


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 1), (8_000, 1), (None, 2)])
def test_a_recording_that_the_firmware_would_not_hear_is_refused(
    sender, samples, tmp_path, rate, channels
):
    """It used to be sent at its own rate, and the board heard it slower or faster."""
    hears = SETTINGS.sample_rate_hz
    Port.sent = b""
    path = recording(tmp_path / "FILE.wav", samples, rate=rate or hears, channels=channels)
    with pytest.raises(SystemExit) as left:
        sender(path)
    said = str(left.value.code)
    assert f"FILE.wav: {rate or hears} Hz, {channels} channel(s), 16 bit; the firmware" in said
    assert f"hears {hears} Hz, 1 channel, 16 bit: ffmpeg -i" in said
    assert f"-ar {hears} -ac 1" in said
    assert "\n" not in said
    assert Port.sent == b""


def test_what_is_no_wav_is_refused(sender, tmp_path):
    (tmp_path / "FILE.wav").write_bytes(b"ID3 of something else")
    with pytest.raises(SystemExit, match=r"FILE\.wav: no plain WAV \(.*\); the firmware hears"):
        sender(tmp_path / "FILE.wav")
    with pytest.raises(SystemExit, match=r"none\.wav: cannot be read: No such file"):
        sender(tmp_path / "none.wav")


def test_a_recording_without_samples_and_a_port_that_is_not_there(
    sender, samples, tmp_path, monkeypatch
):
    with pytest.raises(SystemExit, match=r"FILE\.wav: holds no samples; record it again"):
        sender(recording(tmp_path / "FILE.wav", samples[:0]))
    monkeypatch.setattr(Port, "refused", "no such device")
    with pytest.raises(SystemExit, match="PORT: cannot be opened: no such device"):
        sender(recording(tmp_path / "FILE.wav", samples))


def test_the_last_frame_is_filled_with_silence(sender, samples, tmp_path):
    sender(recording(tmp_path / "FILE.wav", samples[: FRAME + 1]))
    frames = [Port.sent[i : i + 2 * FRAME + 4] for i in range(0, len(Port.sent), 2 * FRAME + 4)]
    heard = np.frombuffer(b"".join(frame[3:-1] for frame in frames), "<i2")
    assert heard.tolist() == [*samples[: FRAME + 1].tolist(), *[0] * (FRAME - 1)]


@pytest.fixture(scope="module")
def sketch(target, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp(target.name)
    sources = target / "nas_model/src"
    includes = [sources, HEADERS / "arduino"]
    objects = compile_all("host", tmp_path, sorted(sources.rglob("*.c")), includes, standard="c99")
    path = target / SKETCHES[target.name]
    program = [path, HEADERS / "arduino/on_host.cpp"]
    options = ("-include", "Arduino.h")
    objects += compile_all(
        "host", tmp_path, program, includes, *options, language="c++", standard="gnu++17"
    )
    command = [*compiler("host", "c++"), *map(str, objects), "-o", str(tmp_path / "sketch")]
    subprocess.run(command, check=True)
    return tmp_path / "sketch"


def listened(sketch, sent):
    """Return the lines of events, and how many samples the sketch says were lost."""
    done = subprocess.run([str(sketch)], input=sent, capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()
    lost = [int(line.split()[0]) for line in lines if "samples lost" in line]
    return [line for line in lines if "samples lost" not in line], sum(lost)


@pytest.fixture(scope="module")
def expected(tree, tmp_path_factory):
    """The lines that follow from the events of the host program."""
    rate, labels = SETTINGS.sample_rate_hz, tree.manifest["labels"]
    program = host_program(tree.path, tmp_path_factory.mktemp("programs"))

    def lines(samples):
        events = stream_events(program, [samples.astype("<i2").tobytes()])
        return [
            f"{t / rate:.2f} s {labels[i]} {(score + 128) / 256:.2f}" for t, i, score in events
        ]

    return lines


def test_every_event_arrives(sketch, sent, samples, expected):
    assert len(sent) == len(samples) // FRAME * FRAME_BYTES
    found = listened(sketch, sent)
    assert found == (expected(samples), 0)
    assert len(found[0]) > 5


@pytest.mark.parametrize(("at", "n_bytes", "frames"), [(30, 1, 2), (30, 3, 2), (66, 333, 6)])
def test_lost_bytes_cost_their_frames_and_are_told(
    sketch, sent, samples, expected, at, n_bytes, frames
):
    """From the frame in which they were to the one with the end; the next one's start is gone."""
    first = 200
    begin = first * FRAME_BYTES + at
    found = listened(sketch, sent[:begin] + sent[begin + n_bytes :])
    rest = np.delete(samples, np.s_[first * FRAME : (first + frames) * FRAME])
    assert found == (expected(rest), frames * FRAME)
    assert len(found[0]) > 5


def test_a_changed_byte_costs_its_frame(sketch, sent, samples, expected):
    place = 100 * FRAME_BYTES + 20
    changed = sent[:place] + bytes([sent[place] ^ 1]) + sent[place + 1 :]
    rest = np.delete(samples, np.s_[100 * FRAME : 101 * FRAME])
    assert listened(sketch, changed) == (expected(rest), FRAME)
