"""firmware/app/detector.c as a shared library, with the interface of the Python twin."""

import ctypes
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from nas.config import resource_dir
from tests.tools import require

FIRMWARE = resource_dir("firmware")


class Settings(ctypes.Structure):
    _fields_ = (
        ("thresholds", ctypes.c_void_p),
        ("refractory", ctypes.c_uint32),
        ("n_classes", ctypes.c_uint16),
        ("window", ctypes.c_uint16),
    )


class State(ctypes.Structure):
    _fields_ = (
        ("settings", ctypes.c_void_p),
        ("scores", ctypes.c_void_p),
        ("oldest", ctypes.c_uint32),
        ("missing", ctypes.c_uint32),
        ("quiet", ctypes.c_uint32),
    )


@cache
def library() -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "detector.so"
        flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-shared"]
        source = str(FIRMWARE / "app/detector.c")
        place = f"-I{FIRMWARE / 'include'}"
        compiler = require("cc", package="gcc")
        command = [compiler, *flags, "-fPIC", place, source, "-o", str(target)]
        subprocess.run(command, check=True)
        loaded = ctypes.CDLL(str(target))
    loaded.nas_detector_push.restype = ctypes.c_int32
    return loaded


class CompiledDetector:
    def __init__(self, thresholds: Sequence[int], *, window: int, refractory: int) -> None:
        self._thresholds = np.array(thresholds, np.int16)
        count = len(thresholds)
        # The buffer starts with what lay there before: nothing of it may be read.
        self._scores = np.full(window * count, 127, np.int8)
        address = self._thresholds.ctypes.data
        self._settings = Settings(address, refractory, count, window)
        self._state = State()
        library().nas_detector_init(
            ctypes.byref(self._state),
            ctypes.byref(self._settings),
            ctypes.c_void_p(self._scores.ctypes.data),
        )

    def push(self, scores: Sequence[int]) -> tuple[int, int] | None:
        row, score = np.array(scores, np.int8), ctypes.c_int8(99)
        fired = library().nas_detector_push(
            ctypes.byref(self._state), ctypes.c_void_p(row.ctypes.data), ctypes.byref(score)
        )
        assert fired >= 0 or score.value == 99  # untouched where nothing fired
        return (fired, score.value) if fired >= 0 else None
