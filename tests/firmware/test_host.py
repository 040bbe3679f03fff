"""The host programs of an exported tree: clips, WAV files, streams."""

import subprocess
import wave

import numpy as np
import pytest

from nas.export.run import Int8Model
from nas.frontend import reference
from tests.export.toy import SETTINGS, clips, toy_model


@pytest.fixture(scope="module")
def program(built_tree):
    return str(built_tree / "build/nas_run")


def run(program, *arguments, **options):
    return subprocess.run([program, *arguments], capture_output=True, check=False, **options)


def write_wav(path, samples, *, rate=SETTINGS.sample_rate_hz, channels=1, width=2):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return str(path)


def expected(samples):
    features = reference.features(samples, SETTINGS)
    return Int8Model(toy_model()).predict(features)


def test_raw_clips_give_the_bytes_of_the_reference_side(program):
    samples = clips(60, seed=5)
    features = reference.features(samples, SETTINGS)
    got = run(program, "--raw-features", input=samples.tobytes()).stdout
    assert got == features.tobytes()
    outputs = expected(samples)
    assert len(np.unique(outputs, axis=0)) > 20
    assert run(program, "--raw", input=samples.tobytes()).stdout == outputs.tobytes()


@pytest.mark.parametrize("length", [1, 4_001, 8_000, 8_001, 30_000])
def test_a_wav_is_centred_or_cropped(program, tmp_path, length):
    rng = np.random.default_rng(length)
    samples = rng.integers(-9_000, 9_000, length).astype(np.int16)
    spare = SETTINGS.clip_length - length
    if spare >= 0:
        clip = np.pad(samples, (spare // 2, spare - spare // 2))
    else:
        clip = samples[-spare // 2 :][: SETTINGS.clip_length]
    done = run(program, write_wav(tmp_path / "a.wav", samples))
    lines = [line.rsplit(" ", 1) for line in done.stdout.decode().splitlines()]
    printed = {label: float(p) for label, p in lines}
    outputs = (expected(clip[None])[0].astype(int) + 128) / 256
    labels = ["yes", "no", 'qu"ote??/', "ünknown"]
    assert printed == pytest.approx(dict(zip(labels, outputs, strict=True)), abs=5e-5)
    assert [float(p) for _, p in lines] == sorted(printed.values(), reverse=True)


def test_stream_decides_as_clips_do(program, tmp_path):
    samples = np.concatenate(clips(3, seed=7))
    done = run(program, "--stream", write_wav(tmp_path / "a.wav", samples))
    hop, period = SETTINGS.hop_length, 13 * SETTINGS.hop_length
    used = SETTINGS.win_length + (SETTINGS.n_frames - 1) * hop
    ends = range(used, len(samples) + 1, period)
    windows = np.stack([samples[end - used : end] for end in ends])
    padded = np.pad(windows, ((0, 0), (0, SETTINGS.clip_length - used)))
    outputs = expected(padded)
    lines = [line.rsplit(" ", 1) for line in done.stdout.decode().splitlines()]
    assert [float(p) for _, p in lines] == pytest.approx(
        ((outputs.max(axis=1).astype(int) + 128) / 256).tolist(), abs=5e-5
    )
    assert len(lines) == len(ends) > 3


def noise(count=100):
    return np.arange(count, dtype=np.int16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 8_000}, b"8000 Hz"),
        ({"channels": 2}, b"2 channels"),
        ({"width": 1}, b"8-bit"),
    ],
)
def test_other_formats_are_refused(program, tmp_path, options, message):
    done = run(program, write_wav(tmp_path / "a.wav", noise(), **options))
    assert done.returncode == 3
    assert message in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", b"is no WAV file"),
        (b"<html>not found</html>" * 9, b"is no WAV file"),
        (b"RIFF\x04\0\0\0WAVE", b"has no data chunk"),
        (b"RIFF\x10\0\0\0WAVEdata\x04\0\0\0\1\2\3\4", b"holds no samples"),
        (b"RIFF\x10\0\0\0WAVEfmt \x04\0\0\0\1\2\3\4", b"cut short"),
        (b"RIFF\x10\0\0\0WAVEjunk\xff\xff\xff\xff", b"has no data chunk"),
    ],
)
def test_damaged_files_are_refused(program, tmp_path, content, message):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    done = run(program, str(path))
    assert (done.returncode, message in done.stderr) == (3, True)


def test_a_truncated_file_is_read_as_far_as_it_goes(program, tmp_path):
    """The header promises 100 samples and the file holds 50: the clip is centred on those."""
    path = tmp_path / "a.wav"
    write_wav(path, noise())
    path.write_bytes(path.read_bytes()[:-100])
    other = write_wav(tmp_path / "b.wav", noise(50))
    cut, whole = run(program, str(path)), run(program, other)
    assert cut.stdout == whole.stdout
    assert cut.stderr == f"warning: {path}: cut short: 50 of 100 samples are there\n".encode()
    assert whole.stderr == b""


def test_missing_file_and_wrong_usage(program, tmp_path):
    assert run(program, str(tmp_path / "none.wav")).returncode == 3
    assert run(program).returncode == 2
    assert run(program, "--help").returncode == 2
