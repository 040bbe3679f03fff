"""Building the library: once, whole, by two at a time, or not at all and then said."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nas.errors import BuildError, DataError
from nas.frontend import LogMelSettings, features, native

ROOT = Path(__file__).parents[2]
PROGRAM = """
import numpy as np
from nas.frontend import LogMelSettings, features
samples = np.arange(-8000, 8000, dtype=np.int16)[None]
for _ in range(2):
    print(int(features(samples, LogMelSettings()).astype(int).sum()))
"""


def start(cache, path=None):
    environment = {**os.environ, "NAS_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    environment["PATH"] = path or os.environ["PATH"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def expected():
    samples = np.arange(-8_000, 8_000, dtype=np.int16)[None]
    return [str(int(features(samples, LogMelSettings()).astype(int).sum()))] * 2


def fake_compiler(folder, script):
    compiler = folder / "cc"
    compiler.write_text(f"#!/bin/sh\n{script}\n")
    compiler.chmod(compiler.stat().st_mode | stat.S_IXUSR)
    return str(folder)


def test_two_processes_leave_one_library(tmp_path):
    running = [start(tmp_path), start(tmp_path)]
    for process in running:
        out, errors = process.communicate(timeout=120)
        assert (out.split(), errors) == (expected(), "")
    kept = list((tmp_path / "frontend").iterdir())
    assert [path.suffix for path in kept] == [".so"]


def test_without_a_compiler_numpy_is_announced_once(tmp_path):
    out, errors = start(tmp_path, path=str(tmp_path)).communicate(timeout=120)
    assert out.split() == expected()
    assert errors.count("\n") == 1
    assert "no C compiler `cc` on PATH" in errors
    assert "NumPy" in errors


def test_a_failing_compiler_is_announced(tmp_path):
    path = fake_compiler(tmp_path, "echo 'cc: out of order' >&2; exit 1")
    out, errors = start(tmp_path, path=path).communicate(timeout=120)
    assert out.split() == expected()
    assert "failed on the front end: cc: out of order" in errors
    assert not list((tmp_path / "frontend").iterdir())


def test_a_library_that_cannot_be_loaded(tmp_path, monkeypatch):
    path = fake_compiler(tmp_path, 'while [ "$1" != -o ]; do shift || exit 0; done; echo > "$2"')
    monkeypatch.setenv("NAS_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", path)
    with pytest.raises(BuildError, match="cannot be loaded"):
        native.library.__wrapped__()


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    occupied = tmp_path / "file"
    occupied.write_text("")
    monkeypatch.setenv("NAS_CACHE_DIR", str(occupied))
    with pytest.raises(BuildError, match="NAS_CACHE_DIR"):
        native.library.__wrapped__()


@pytest.mark.parametrize("samples", [np.zeros((2, 15_999), np.int16), np.zeros((2, 16_000))])
def test_other_samples_are_refused(samples):
    with pytest.raises(DataError, match=r"\(n, 16000\)"):
        features(samples, LogMelSettings())
