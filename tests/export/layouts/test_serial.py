"""The sketches that listen to the serial port, on a computer, fed as their README says."""

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
    """What the README's program sees of pyserial; keeps what was sent."""

    sent = b""

    def __init__(self, name, rate, timeout):
        assert (name, rate, timeout) == ("PORT", 500_000, 0)
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


@pytest.fixture
def sent(target, samples, tmp_path, monkeypatch):
    """The bytes that the README's program sends of `samples`."""
    with wave.open(str(tmp_path / "FILE.wav"), "wb") as file:
        file.setparams((1, 2, SETTINGS.sample_rate_hz, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    monkeypatch.setitem(sys.modules, "serial", types.SimpleNamespace(Serial=Port))
    monkeypatch.setattr(sys, "argv", ["send.py", "PORT", str(tmp_path / "FILE.wav")])
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    text = (target / "README.md").read_text()
    block = text[text.index("    import serial") :].split("\n\n")[0]
    exec("\n".join(line[4:] for line in block.splitlines()), {})
    return Port.sent


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
