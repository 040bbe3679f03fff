"""What the tests ask of every kind of front end: streams, sanitized builds, 32-bit sizes."""

import ctypes

import numpy as np
import soundfile

from nas.audio.household import HouseholdRecipe, generate
from nas.frontend import native
from nas.frontend.kinds import kind_of
from nas.frontend.sizes import sizes
from tests.frontend.test_firmware import (
    FLAGS,
    SOURCES,
    compiler_32_bit,
    run,
    symbols,
    write_tables,
)
from tests.tools import require

MAIN = """
#include <stdio.h>
#include "frontend_tables.h"
static int16_t samples[NAS_CLIP_LENGTH];
static int8_t features[NAS_FEATURE_LENGTH];
static nas_front_end_memory_t memory;
int main(void) {
    while (fread(samples, sizeof samples, 1, stdin) == 1) {
        size_t n = 0;
        NAS_FRONT_END_INIT(&memory.state, &nas_front_end_tables, memory.work, memory.history);
        n = NAS_FRONT_END_PUSH(&memory.state, samples, NAS_CLIP_LENGTH, features);
        fwrite(features, NAS_N_BINS, n, stdout);
        n = NAS_FRONT_END_CLIP(&nas_front_end_tables, samples, NAS_CLIP_LENGTH, memory.work,
                               features);
        fwrite(features, NAS_N_BINS, n, stdout);
    }
    return 0;
}
"""


class _State(ctypes.Structure):
    _fields_ = (
        ("tables", ctypes.c_void_p),
        ("work", ctypes.c_void_p),
        ("history", ctypes.c_void_p),
        ("n_filled", ctypes.c_uint32),
    )


class Stream:
    """A stream of any kind, in memory that was not cleared."""

    def __init__(self, settings):
        kind = kind_of(settings)
        self.settings, self.prefix, self.state = settings, f"nas_{kind.name}", _State()
        self.constants = kind.tables(settings)
        self.tables = native.tables_struct(self.constants)
        self.work = np.full(kind.work_words(settings), -77, dtype=np.int32)
        self.history = np.full(settings.win_length, -77, dtype=np.int16)
        self.restart()

    def _call(self, name, *arguments):
        function = getattr(native.library(), f"{self.prefix}_{name}")
        function.restype = ctypes.c_size_t
        passed = [
            ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray) else a for a in arguments
        ]
        return function(ctypes.byref(self.state), *passed)

    def restart(self):
        self._call("init", ctypes.byref(self.tables), self.work, self.history)

    def push(self, samples):
        room = -(-len(samples) // self.settings.hop_length)
        out = np.full((room + 1, self.settings.n_bins), 99, dtype=np.int8)
        n = self._call("push", samples, ctypes.c_size_t(len(samples)), out)
        assert n <= room
        assert (out[n:] == 99).all()
        return out[:n]


def streamed(stream, samples, rng, *, largest):
    """Rows of `samples` [shape=(n,)] pushed in random portions of 0 to `largest`."""
    rows, start = [], 0
    while start < len(samples):
        n = int(rng.integers(0, largest + 1))
        rows.append(stream.push(samples[start : start + n].copy()))
        start += n
    return np.concatenate(rows)


def sanitized(settings, samples, folder):
    """Stream and whole clip [shape=(n, 2, n_frames, n_bins)] of a program under the sanitizers."""
    (folder / "main.c").write_text(MAIN)
    sources = [str(folder / "main.c"), write_tables(settings, folder), *map(str, SOURCES)]
    program = str(folder / "main")
    flags = [*FLAGS, "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
    run(require("cc", package="gcc"), *flags, *sources, "-o", program)
    out = np.frombuffer(run(program, given=samples.tobytes()), dtype=np.int8)
    return out.reshape(len(samples), 2, settings.n_frames, settings.n_bins)


def compiled_at(level, folder):
    """The front end as a library, compiled at another level of optimisation."""
    path = str(folder / "library.so")
    sources = [str(source) for source in SOURCES]
    flags = [*FLAGS, level, "-fPIC", "-shared"]
    run(require("cc", package="gcc"), *flags, *sources, "-o", path)
    return ctypes.CDLL(path)


def assert_sizes(settings, folder, compiler):
    """The price's bytes are what a 32-bit compiler says of the generated files."""
    command, nm = compiler_32_bit(compiler)
    tables = write_tables(settings, folder)
    state = folder / "state.c"
    state.write_text(
        '#include "frontend_tables.h"\nnas_front_end_memory_t front_end_memory;\n'
        "int16_t audio_ring[NAS_AUDIO_RING_LENGTH];\nint8_t feature_ring[NAS_FEATURE_LENGTH];\n"
    )
    for source in (tables, str(state)):
        run(*command, *FLAGS, "-c", source, "-o", f"{source}.o")
    estimated = sizes(settings)
    assert sum(symbols(f"{tables}.o", nm).values()) == estimated.table_bytes
    assert symbols(f"{state}.o", nm) == {
        "front_end_memory": estimated.state_bytes,
        "audio_ring": estimated.audio_ring_bytes,
        "feature_ring": estimated.feature_ring_bytes,
    }


def household(folder):
    """Generated household sound: three houses, two clips of each class [shape=(42, 16000)]."""
    recipe = HouseholdRecipe(houses=3, clips=2, validation_houses=1, test_houses=1)
    generate(folder / "household", 5, recipe)
    paths = sorted((folder / "household").glob("*/*.wav"))
    return np.stack([soundfile.read(path, dtype="int16")[0] for path in paths])
