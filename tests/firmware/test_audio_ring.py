"""The audio ring against a Python queue, in random order of writes and reads."""

import ctypes
import subprocess
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.config import resource_dir
from tests.tools import require

LENGTH = 12
FIRMWARE = resource_dir("firmware")


class Ring(ctypes.Structure):
    _fields_ = (
        ("samples", ctypes.c_int16 * LENGTH),
        ("written", ctypes.c_uint32),
        ("taken", ctypes.c_uint32),
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ring")
    header = f'#include "nas/types.h"\n#define NAS_AUDIO_RING_LENGTH {LENGTH}\n'
    (folder / "frontend_tables.h").write_text(header)
    target = folder / "ring.so"
    places = [f"-I{folder}", f"-I{FIRMWARE / 'include'}"]
    source = str(FIRMWARE / "app/audio_ring.c")
    compiler = require("cc", package="gcc")
    command = [compiler, "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", *places, source]
    subprocess.run([*command, "-o", str(target)], check=True)
    loaded = ctypes.CDLL(str(target))
    loaded.nas_audio_ring_write.restype = ctypes.c_size_t
    loaded.nas_audio_ring_peek.restype = ctypes.c_size_t
    return loaded


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=40))
def test_like_a_queue_of_limited_length(library, steps):
    ring, queue, fresh = Ring(), deque(), 0
    library.nas_audio_ring_init(ctypes.byref(ring))
    for is_write, count in steps:
        if is_write:
            values = np.arange(fresh, fresh + count, dtype=np.int16)
            pointer = values.ctypes.data_as(ctypes.POINTER(ctypes.c_int16))
            size = ctypes.c_size_t(count)
            taken = library.nas_audio_ring_write(ctypes.byref(ring), pointer, size)
            assert taken == min(count, LENGTH - len(queue))
            queue.extend(values[:taken].tolist())
            fresh += count
        else:
            _read(library, ring, queue, count)


def _read(library, ring, queue, most):
    """Peek stops at the ring's end: at most two peeks empty it."""
    left = min(most, len(queue))
    for _ in range(2):
        start = ctypes.POINTER(ctypes.c_int16)()
        size = ctypes.c_size_t(left)
        count = library.nas_audio_ring_peek(ctypes.byref(ring), ctypes.byref(start), size)
        assert start[:count] == [queue.popleft() for _ in range(count)]
        library.nas_audio_ring_drop(ctypes.byref(ring), ctypes.c_size_t(count))
        left -= count
    assert left == 0
