"""The C of the MFCC as a device gets it: sizes, compiler levels, sanitizers, emulated boards."""

import ctypes

import numpy as np
import pytest

from nas.cost.emulator import Emulated
from nas.frontend import reference
from nas.frontend.kinds.mfcc import KIND, MfccSettings
from nas.frontend.kinds.mfcc.tables import build
from nas.frontend.native import tables_struct
from nas.frontend.sizes import sizes
from tests.frontend.signals import extremes
from tests.frontend.test_firmware import (
    FLAGS,
    MAIN,
    SOURCES,
    compiler_32_bit,
    run,
    symbols,
    write_tables,
)
from tests.tools import require

SETTINGS = [
    MfccSettings(clip_ms=300),
    MfccSettings(window_ms=64, n_mels=81, n_mfcc=40, lifter=40, clip_ms=300),
    MfccSettings(
        sample_rate_hz=11_025,
        clip_ms=300,
        window_ms=11,
        hop_ms=7,
        n_mels=11,
        n_mfcc=11,
        fmin_hz=0,
        fmax_hz=5_512,
    ),
    MfccSettings(sample_rate_hz=48_000, clip_ms=200, window_ms=42, n_mels=128, fmax_hz=24_000),
]
LEVELS = [
    ["-O0", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"],
    ["-O1"],
    ["-O2"],
    ["-O3"],
]
BUILDS = [*((one, LEVELS[0]) for one in SETTINGS), *((SETTINGS[1], one) for one in LEVELS[1:])]


@pytest.mark.parametrize(("settings", "level"), BUILDS, ids=str)
def test_every_level_gives_the_same_bytes(tmp_path, settings, level):
    """Generated tables, streaming and whole clip; -O0 under the sanitizers."""
    compiler = require("cc", package="gcc")
    (tmp_path / "main.c").write_text(MAIN.replace("log_mel", "mfcc"))
    sources = [str(tmp_path / "main.c"), write_tables(settings, tmp_path), *map(str, SOURCES)]
    program = str(tmp_path / "main")
    run(compiler, *FLAGS, *level, *sources, "-o", program)
    samples = extremes(settings.clip_length, seed=6)
    out = np.frombuffer(run(program, given=samples.tobytes()), dtype=np.int8)
    twice = np.stack([reference.features(samples, settings)] * 2, axis=1)
    np.testing.assert_array_equal(out, twice.ravel())


@pytest.mark.parametrize("name", ["cc", "arm-none-eabi-gcc"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_sizes_are_what_a_32_bit_compiler_says(tmp_path, settings, name):
    command, nm = compiler_32_bit(name)
    tables = write_tables(settings, tmp_path)
    state = tmp_path / "state.c"
    state.write_text('#include "frontend_tables.h"\nnas_front_end_memory_t front_end_memory;\n')
    for source in (tables, str(state)):
        run(*command, *FLAGS, "-c", source, "-o", f"{source}.o")
    estimated = sizes(settings)
    assert sum(symbols(f"{tables}.o", nm).values()) == estimated.table_bytes
    assert symbols(f"{state}.o", nm) == {"front_end_memory": estimated.state_bytes}


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_generated_values_are_the_tables(tmp_path, settings):
    compiler = require("cc", package="gcc")
    path = write_tables(settings, tmp_path)
    library = str(tmp_path / "tables.so")
    run(compiler, *FLAGS, "-shared", "-fPIC", path, "-o", library)
    tables = build(settings)
    struct = type(tables_struct(tables))
    compiled = struct.in_dll(ctypes.CDLL(library), "nas_front_end_tables")
    for name, wanted in tables.arrays.items():
        assert ctypes.string_at(getattr(compiled, name), wanted.nbytes) == wanted.tobytes()
    for name, (_, value) in tables.numbers.items():
        assert getattr(compiled, name) == value


def test_the_functions_priced_are_those_linked(tmp_path):
    """A linker that drops what nothing calls keeps the stream's functions and no other."""
    compiler = require("arm-none-eabi-gcc", package="gcc-arm-none-eabi")
    caller = tmp_path / "caller.c"
    caller.write_text(
        '#include "frontend_tables.h"\nstatic nas_front_end_memory_t m;\n'
        "void _start(void) { nas_mfcc_init(&m.state, &nas_front_end_tables, m.work, m.history);\n"
        "nas_mfcc_push(&m.state, m.history, 1, (int8_t *)m.work); }\n"
    )
    sources = [str(caller), write_tables(SETTINGS[0], tmp_path), *map(str, SOURCES)]
    program = str(tmp_path / "program.elf")
    options = ["-mcpu=cortex-m4", "-mthumb", "-O2", "-ffunction-sections", "-Wl,--gc-sections"]
    link = ["-nostartfiles", "-specs=nosys.specs", "-specs=nano.specs", "-o", program]
    run(compiler, *FLAGS, *options, *sources, *link)
    linked = {name for name in symbols(program, "arm-none-eabi-nm") if name.startswith("nas_")}
    assert linked - {"nas_front_end_tables"} == set(KIND.functions)


def test_multiplications_by_hand():
    """13 rows of 16 products and a gain, beside the log-mel's 480 + 3,648 + 512 + 3 x bins."""
    bins = len(build(MfccSettings()).mel_weight)
    pairs = 12 * (3 * 16 + 15 * 4 + 63)
    assert pairs == 2_052
    assert sizes(MfccSettings()).macs_per_hop - 3 * bins - 480 - 4 * 128 - 13 * 17 == pairs


BOARD_MAIN = """
#include "frontend_tables.h"
#include "samples.h"
#include "target.h"
static int8_t features[NAS_FEATURE_LENGTH];
static nas_front_end_memory_t memory;
int main(void) {
    uint32_t sum = 0;
    nas_mfcc_init(&memory.state, &nas_front_end_tables, memory.work, memory.history);
    for (size_t clip = 0; clip < CLIPS; clip++) {
        memory.state.n_filled = 0;
        size_t n = 0;
        for (size_t i = 0; i + NAS_HOP_LENGTH <= NAS_CLIP_LENGTH; i += NAS_HOP_LENGTH) {
            n += nas_mfcc_push(&memory.state, samples[clip] + i, NAS_HOP_LENGTH,
                               features + n * NAS_N_BINS);
        }
        for (size_t i = 0; i < n * NAS_N_BINS; i++) {
            sum = (sum << 5 | sum >> 27) ^ (uint8_t)features[i];
        }
    }
    target_print("sum", sum);
    return 0;
}
"""


def rolling(values):
    total = 0
    for value in values.ravel().view(np.uint8).tolist():
        total = ((total << 5 | total >> 27) & 0xFFFFFFFF) ^ value
    return total


def sample_header(samples):
    rows = ",\n".join("{" + ", ".join(map(str, clip)) + "}" for clip in samples.tolist())
    n, length = samples.shape
    return (
        f"#include <stdint.h>\n#define CLIPS {n}U\n"
        f"static const int16_t samples[{n}][{length}] = {{\n{rows}\n}};\n"
    )


@pytest.mark.parametrize("core", ["cortex-m0", "cortex-m4", "rv32imc"])
def test_emulated_boards_give_the_same_bytes(tmp_path, core):
    board = Emulated(core)
    emulator = board.machine.emulator
    require(emulator, package=board.machine.package)
    settings = MfccSettings(clip_ms=120, n_mels=33, lifter=22)
    samples = extremes(settings.clip_length, seed=9)
    (tmp_path / "samples.h").write_text(sample_header(samples))
    (tmp_path / "main.c").write_text(BOARD_MAIN)
    write_tables(settings, tmp_path)
    sources = [tmp_path / "main.c", tmp_path / "frontend_tables.c", *SOURCES]
    program = board.build(sources, [tmp_path], folder=tmp_path)
    assert board.run(program).split() == [
        "sum",
        str(rolling(reference.features(samples, settings))),
    ]


COUNT_MAIN = """
#include "frontend_tables.h"
#include "target.h"
static nas_front_end_memory_t memory;
static int16_t samples[NAS_WIN_LENGTH];
static int8_t row[NAS_N_BINS];
int main(void) {
    uint32_t state = 1, start;
    for (size_t i = 0; i < NAS_WIN_LENGTH; i++) {
        state = 1664525u * state + 1013904223u;
        samples[i] = (int16_t)((int32_t)(state >> 18) - 8192);
    }
    nas_mfcc_init(&memory.state, &nas_front_end_tables, memory.work, memory.history);
    nas_mfcc_push(&memory.state, samples, NAS_WIN_LENGTH, row);
    start = target_clock();
    nas_mfcc_push(&memory.state, samples, NAS_HOP_LENGTH, row);
    target_print("hop", target_instructions(start, target_clock()));
    for (size_t n = 0; n < NAS_WIN_LENGTH; n++) {
        memory.work[n] = samples[n] / 4;
    }
    start = target_clock();
    nas_mfcc_dct(&nas_front_end_tables, memory.work, row);
    target_print("dct", target_instructions(start, target_clock()));
    return 0;
}
"""


@pytest.mark.parametrize(("n_mels", "n_mfcc"), [(32, 13), (40, 40)])
def test_instructions_on_a_cortex_m4(tmp_path, n_mels, n_mfcc):
    """A hop within what TFLM's microfrontend takes, 84,599; 8 a product of the folded transform.

    A loop of load, load, multiply-add, count and branch is 5; each row adds its gain and ends.
    """
    board = Emulated("cortex-m4")
    require(board.machine.emulator, package=board.machine.package)
    (tmp_path / "main.c").write_text(COUNT_MAIN)
    write_tables(MfccSettings(n_mels=n_mels, n_mfcc=n_mfcc), tmp_path)
    sources = [tmp_path / "main.c", tmp_path / "frontend_tables.c", *SOURCES]
    printed = board.run(board.build(sources, [tmp_path], folder=tmp_path)).split()
    counts = dict(zip(printed[::2], map(int, printed[1::2]), strict=True))
    assert counts["hop"] < 84_599
    assert counts["dct"] < 8 * n_mfcc * n_mels // 2
