import struct

import numpy as np
import pytest

from nas.audio.inspection import inspect
from nas.audio.scan import audio_files, scan
from tests.audio.conftest import tone


def wav(*, rate=16_000, samples=1_600, data_bytes=None, chunk=b"data"):
    body = bytes(2 * samples)
    size = len(body) if data_bytes is None else data_bytes
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    head = struct.pack("<4sI4s", b"RIFF", 4 + len(fmt) + 8 + len(body), b"WAVE")
    return head + fmt + struct.pack("<4sI", chunk, size) + body


BAD = {
    "empty": (b"", "empty file"),
    "html": (b"\n<!DOCTYPE html><html>no</html>", "HTML"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    "noise": (bytes(range(7, 200)), "cannot be decoded"),
    "truncated": (wav(data_bytes=96_000), "promises 96000 bytes of samples, 3200 are there"),
    "no data": (wav(chunk=b"LIST"), "no data chunk"),
    "zero frames": (wav(samples=0), "no samples"),
    "1 Hz": (wav(rate=1), "sample rate 1 Hz"),
    "too fast": (wav(rate=384_000), "sample rate 384000 Hz"),
    "header only": (wav()[:30], "no data chunk"),
}


@pytest.mark.parametrize("kind", BAD)
def test_broken_wav_has_a_reason(tmp_path, kind):
    content, reason = BAD[kind]
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    found = inspect(path).reason
    assert found is not None
    assert reason in found
    assert "\n" not in found


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 20_000.0])
def test_samples_that_are_no_sound_have_a_reason(write, bad):
    samples = tone().astype(np.float32)
    samples[1_500] = bad
    reason = inspect(write("a.wav", samples, subtype="FLOAT")).reason
    assert reason is not None
    assert ("NaN or infinite" in reason) is not np.isfinite(bad)


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.ogg", "a.aiff", "a.au", "a.wav"])
def test_half_a_file_has_a_reason(write, name):
    path = write(name, tone(ms=3_000))
    assert inspect(path).reason is None
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert inspect(path).reason is not None


def test_too_long_has_a_reason(write, monkeypatch):
    monkeypatch.setattr("nas.audio.inspection.MAX_SECONDS", 0.05)
    assert "cut it into clips" in str(inspect(write("a.wav", tone(ms=100))).reason)


def test_missing_file_has_a_reason(tmp_path):
    assert "cannot be read" in str(inspect(tmp_path / "none.wav").reason)


def test_streamed_wav_without_a_size_is_good(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(data_bytes=0xFFFFFFFF))
    assert inspect(path).reason is None


def test_a_good_file_gives_its_length(write):
    found = inspect(write("a.wav", tone(ms=100)))
    assert (found.sample_rate_hz, found.frames, found.duration_ms) == (16_000, 1_600, 100.0)


def test_hidden_and_appledouble_files_are_not_recordings(write, tmp_path):
    good = write("x/a.WAV", tone(), format="WAV")
    (good.parent / "._a.wav").write_bytes(b"\0\5\x16\7")
    (good.parent / ".b.wav").write_bytes(b"")
    (good.parent / "notes.txt").write_text("x")
    m4a = good.parent / "c.m4a"
    m4a.write_bytes(b"\0\0\0\x20ftypM4A ")
    assert audio_files(tmp_path) == [good, m4a]
    found = scan(tmp_path, [good, m4a], tmp_path / "cache")
    assert found.good == (good,)
    assert "convert it to WAV" in found.bad[0].reason


def test_second_scan_reads_changed_files_only(write, tmp_path, monkeypatch):
    first, second = write("a.wav", tone()), write("b.wav", tone(hz=100))
    before = scan(tmp_path, [first, second], tmp_path / "cache")
    second.write_bytes(b"")
    seen = []
    monkeypatch.setattr("nas.audio.scan.inspect", lambda path: seen.append(path) or inspect(path))
    after = scan(tmp_path, [first, second], tmp_path / "cache")
    assert seen == [second]
    assert before.records[first] == after.records[first]
    assert [bad.path for bad in after.bad] == [second]


def test_damaged_scan_cache_is_made_again(write, tmp_path):
    path = write("a.wav", tone())
    before = scan(tmp_path, [path], tmp_path / "cache")
    next((tmp_path / "cache" / "scans").iterdir()).write_text("{torn")
    assert scan(tmp_path, [path], tmp_path / "cache") == before
