"""What the tests ask of a kind: streams, sanitizers, 32-bit sizes, emulated boards, sounds."""

import ctypes

import numpy as np
import soundfile

from nas.audio.household import HouseholdRecipe, generate
from nas.cost.compiler import CORES
from nas.cost.emulator import MACHINES, Emulated
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

BOARD_MAIN = """
#include "frontend_tables.h"
#include "samples.h"
#include "target.h"
static nas_front_end_memory_t memory;
static int8_t row[NAS_N_BINS];
static char text[2 * NAS_N_BINS + 2];
static const char digits[] = "0123456789abcdef";
int main(void) {
    uint32_t total = 0, hops = 0;
    NAS_FRONT_END_INIT(&memory.state, &nas_front_end_tables, memory.work, memory.history);
    for (size_t i = 0; i + NAS_HOP_LENGTH <= NAS_CLIP_LENGTH; i += NAS_HOP_LENGTH) {
        const uint32_t start = target_clock();
        const size_t n = NAS_FRONT_END_PUSH(&memory.state, samples + i, NAS_HOP_LENGTH, row);
        const uint32_t end = target_clock();
        if (n == 1) {
            total += target_instructions(start, end) - target_instructions(end, target_clock());
            hops++;
            for (size_t b = 0; b < NAS_N_BINS; b++) {
                text[2 * b] = digits[(row[b] >> 4) & 15];
                text[2 * b + 1] = digits[row[b] & 15];
            }
            text[2 * NAS_N_BINS] = '\\n';
            target_write(text);
        }
    }
    target_print("instructions", total / hops);
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
        "int8_t feature_ring[NAS_FEATURE_LENGTH];\n"
    )
    for source in (tables, str(state)):
        run(*command, *FLAGS, "-c", source, "-o", f"{source}.o")
    estimated = sizes(settings)
    assert sum(symbols(f"{tables}.o", nm).values()) == estimated.table_bytes
    assert symbols(f"{state}.o", nm) == {
        "front_end_memory": estimated.state_bytes,
        "feature_ring": estimated.feature_ring_bytes,
    }


def emulated(settings, samples, core, folder):
    """Rows of one clip on an emulated board, pushed hop by hop, and instructions of one push.

    Samples [shape=(clip_length,)]; rows [shape=(n, n_bins)]: one for each whole hop with a frame.
    """
    require(MACHINES[core].emulator, package=MACHINES[core].package)
    require(CORES[core].compiler, package=CORES[core].package.split(" and ")[0])
    write_tables(settings, folder)
    numbers = ",".join(map(str, samples.tolist()))
    (folder / "samples.h").write_text(f"static const int16_t samples[] = {{{numbers}}};\n")
    (folder / "main.c").write_text(BOARD_MAIN)
    board = Emulated(core)
    own = [folder / "main.c", folder / "frontend_tables.c", *SOURCES]
    lines = board.run(board.build(own, [folder], folder=folder)).splitlines()
    rows = np.frombuffer(bytes.fromhex("".join(lines[:-1])), dtype=np.int8)
    return rows.reshape(-1, settings.n_bins), int(lines[-1].split()[1])


def household(folder):
    """Generated household sound: three houses, two clips of each class [shape=(42, 16000)]."""
    recipe = HouseholdRecipe(houses=3, clips=2, validation_houses=1, test_houses=1)
    generate(folder / "household", 5, recipe)
    paths = sorted((folder / "household").glob("*/*.wav"))
    return np.stack([soundfile.read(path, dtype="int16")[0] for path in paths])
