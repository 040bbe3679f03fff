"""The audio ring against a Python queue, in random order of writes and reads."""

import ctypes
import re
import subprocess
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.config import resource_dir
from nas.cost.compiler import CORES
from tests.tools import require

LENGTH = 12
SOURCE = str(resource_dir("firmware") / "app/audio_ring.c")
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror")
FENCES = "fences"
INSTRUCTION = r"\t(dmb|fence|memw)\b"


class Ring(ctypes.Structure):
    _fields_ = (
        ("samples", ctypes.c_int16 * LENGTH),
        ("written", ctypes.c_uint32),
        ("taken", ctypes.c_uint32),
    )


def settled(folder):
    """Return the include path of a ring of 12 samples."""
    header = f"#include <stddef.h>\n#include <stdint.h>\n#define NAS_AUDIO_RING_LENGTH {LENGTH}\n"
    (folder / "frontend_tables.h").write_text(header)
    return f"-I{folder}"


@pytest.fixture(scope="module", params=[FENCES, "-U__GNUC__"])
def library(request, tmp_path_factory):
    """The ring with fences, and as a compiler without them makes it."""
    folder = tmp_path_factory.mktemp("ring")
    target = folder / "ring.so"
    flags = [] if request.param == FENCES else [request.param]
    command = [require("cc", package="gcc"), *STRICT, *flags, "-shared", "-fPIC", settled(folder)]
    subprocess.run([*command, SOURCE, "-o", str(target)], check=True)
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


@pytest.mark.parametrize("level", ["-O0", "-O2", "-Os"])
@pytest.mark.parametrize("name", sorted(CORES))
def test_fences_are_instructions_on_every_core(tmp_path, name, level):
    """One where a side has read the other's position, one before it writes its own; no call."""
    core, made = CORES[name], str(tmp_path / "ring.o")
    compiler = require(core.compiler, package=core.package.split()[0])
    command = [compiler, *core.flags, *STRICT, level, settled(tmp_path), "-c", SOURCE, "-o", made]
    subprocess.run(command, check=True)
    tools = compiler.removesuffix("gcc")
    assert not told([tools + "nm", "-u", made])
    assert len(re.findall(INSTRUCTION, told([tools + "objdump", "-d", made]))) >= 4


def told(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
