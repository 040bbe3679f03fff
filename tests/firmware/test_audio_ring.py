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
from nas.frontend import decision_c
from tests.tools import require

HOPS, HOP = 3, 4
LENGTH = HOPS * HOP
SOURCE = str(resource_dir("firmware") / "app/audio_ring.c")
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror")
FENCES = "fences"
INSTRUCTION = r"\t(dmb|fence|memw)\b"


class Ring(ctypes.Structure):
    _fields_ = (
        ("samples", ctypes.c_int16 * LENGTH),
        ("written", ctypes.c_uint32),
        ("taken", ctypes.c_uint32),
        ("lost", ctypes.c_uint32),
        ("missed", ctypes.c_uint32),
    )


def settled(folder):
    """Return the include path of a ring of 12 samples."""
    kinds = "#include <stddef.h>\n#include <stdint.h>\n"
    (folder / "frontend_tables.h").write_text(f"{kinds}#define NAS_HOP_LENGTH {HOP}\n")
    (folder / "decision.h").write_text(decision_c.emit(5, HOPS))
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
    loaded.nas_audio_ring_room.restype = ctypes.c_size_t
    loaded.nas_audio_ring_write.restype = ctypes.c_size_t
    loaded.nas_audio_ring_peek.restype = ctypes.c_size_t
    return loaded


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=40))
def test_like_a_queue_of_limited_length(library, steps):
    """Every sample is its own number: what is read, and what was lost before it, tell the time."""
    ring, queue, offered, read, gap = Ring(), deque(), 0, 0, False
    library.nas_audio_ring_init(ctypes.byref(ring))
    for is_write, count in steps:
        if is_write:
            room = 0 if gap and queue else LENGTH - len(queue)
            assert library.nas_audio_ring_room(ctypes.byref(ring)) == room
            values = np.arange(offered, offered + count, dtype=np.int16)
            pointer = values.ctypes.data_as(ctypes.POINTER(ctypes.c_int16))
            size = ctypes.c_size_t(count)
            taken = library.nas_audio_ring_write(ctypes.byref(ring), pointer, size)
            assert taken == min(count, room)
            gap = (gap and bool(queue)) or taken < count
            queue.extend(values[:taken].tolist())
            offered += count
        else:
            read += _read(library, ring, queue, count, read)
        assert ring.lost == offered - read - len(queue)


def _read(library, ring, queue, most, before):
    """Peek stops at the ring's end: at most two peeks empty it."""
    wanted = left = min(most, len(queue))
    for _ in range(2):
        start = ctypes.POINTER(ctypes.c_int16)()
        size = ctypes.c_size_t(left)
        count = library.nas_audio_ring_peek(ctypes.byref(ring), ctypes.byref(start), size)
        times = [before + wanted - left + i + ring.missed for i in range(count)]
        assert start[:count] == [queue.popleft() for _ in range(count)] == times
        library.nas_audio_ring_drop(ctypes.byref(ring), ctypes.c_size_t(count))
        left -= count
    assert left == 0
    return wanted


@pytest.mark.parametrize("hops", ["0", "1", "-1", "0x20000000"])
def test_a_ring_that_cannot_work_does_not_compile(tmp_path, hops):
    compiler, place = require("cc", package="gcc"), settled(tmp_path)
    command = [compiler, *STRICT, place, "-c", SOURCE, "-o", str(tmp_path / "ring.o")]
    subprocess.run([*command, "-DNAS_AUDIO_RING_HOPS=2"], check=True)
    done = subprocess.run(
        [*command, f"-DNAS_AUDIO_RING_HOPS={hops}"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "nas_audio_ring_h" in done.stderr


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
