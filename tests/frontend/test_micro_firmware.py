"""The microfrontend as a device gets it: tables, sizes, no undefined behaviour, instructions."""

import ctypes

import numpy as np
import pytest

from nas.cost.emulator import MACHINES, Emulated
from nas.frontend import features, reference
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.kind import KIND
from nas.frontend.kinds.micro.tables import build
from nas.frontend.native import tables_struct
from nas.frontend.sizes import sizes
from tests.frontend.micro_cases import GRID
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

SETTINGS = [MicroSettings(clip_ms=300, **changes) for changes in GRID]
ON_BOARD = """
#include "frontend_tables.h"
#include "samples.h"
#include "target.h"
static nas_front_end_memory_t memory;
static uint32_t worst, digest = 2166136261u;
static void hop(const int16_t *heard) {
    int8_t row[NAS_N_BINS];
    const uint32_t start = target_clock();
    const size_t n = NAS_FRONT_END_PUSH(&memory.state, heard, NAS_HOP_LENGTH, row);
    const uint32_t taken = target_instructions(start, target_clock());
    worst = taken > worst ? taken : worst;
    for (size_t i = 0; i < n * NAS_N_BINS; i++) {
        digest = (digest ^ (uint8_t)row[i]) * 16777619u;
    }
}
int main(void) {
    NAS_FRONT_END_INIT(&memory.state, &nas_front_end_tables, memory.work, memory.history);
    for (size_t i = 0; i + NAS_HOP_LENGTH <= NAS_CLIP_LENGTH; i += NAS_HOP_LENGTH) {
        hop(samples + i);
    }
    target_print("worst", worst);
    target_print("digest", digest);
    return 0;
}
"""


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_no_undefined_behaviour_and_the_same_bytes(tmp_path, settings):
    """Generated tables, streaming and whole clip, under the sanitizers."""
    compiler = require("cc", package="gcc")
    main, program = tmp_path / "main.c", str(tmp_path / "main")
    main.write_text(MAIN.replace("nas_log_mel", "nas_micro"))
    sanitize = ["-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
    sources = [str(main), write_tables(settings, tmp_path), *map(str, SOURCES)]
    run(compiler, *FLAGS, *sanitize, *sources, "-o", program)
    samples = extremes(settings.clip_length, seed=6)
    out = np.frombuffer(run(program, given=samples.tobytes()), dtype=np.int8)
    twice = np.stack([reference.features(samples, settings)] * 2, axis=1)
    np.testing.assert_array_equal(out, twice.ravel())


@pytest.mark.parametrize("name", ["cc", "arm-none-eabi-gcc"])
@pytest.mark.parametrize("settings", SETTINGS[:4], ids=str)
def test_sizes_are_what_a_32_bit_compiler_says(tmp_path, settings, name):
    command, nm = compiler_32_bit(name)
    tables = write_tables(settings, tmp_path)
    state = tmp_path / "state.c"
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


@pytest.mark.parametrize("settings", SETTINGS[:4], ids=str)
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


def test_functions_are_those_that_a_stream_links(tmp_path):
    """What the linker keeps for init and push, and nothing else of the front end."""
    compiler = require("cc", package="gcc")
    main, program = tmp_path / "main.c", str(tmp_path / "main")
    stream = MAIN.replace("nas_log_mel", "nas_micro").splitlines()
    start = next(i for i, line in enumerate(stream) if "_clip(" in line)
    main.write_text("\n".join(stream[:start] + stream[start + 3 :]))
    collect = ["-ffunction-sections", "-Wl,--gc-sections"]
    sources = [str(main), write_tables(MicroSettings(), tmp_path), *map(str, SOURCES)]
    run(compiler, *FLAGS, "-O2", *collect, *sources, "-o", program)
    kept = {line.split()[-1] for line in run("nm", program).decode().splitlines()}
    linked = {name for name in kept if name.startswith("nas_") and "tables" not in name}
    assert linked == set(KIND.functions)


def test_multiplications_by_hand():
    """n_fft 512: pairs of stages at h = 1, 4, 16, 64 of 12 (h - 1) 256 / 4h; split: 128 of 4."""
    fft = 12 * (3 * 16 + 15 * 4 + 63)
    bins = len(build(MicroSettings()).mel_weight)
    assert sizes(MicroSettings()).macs_per_hop == 480 + fft + 512 + 3 * bins + 24 * 40


@pytest.mark.parametrize("core", ["cortex-m0", "cortex-m4", "rv32imc"])
def test_emulated_boards_have_the_bytes_and_m4_the_speed(tmp_path, core):
    """The original takes 84,599 instructions for a 20 ms frame on a Cortex-M4 (FACTS)."""
    require(MACHINES[core].emulator, package=MACHINES[core].package)
    settings = MicroSettings(clip_ms=500)
    rng = np.random.default_rng(4)
    clip = rng.integers(-32_768, 32_768, settings.clip_length).astype(np.int16)
    clip[: len(clip) // 2] //= 64
    write_tables(settings, tmp_path)
    numbers = ",\n".join(map(str, clip.tolist()))
    (tmp_path / "samples.h").write_text(f"static const int16_t samples[] = {{\n{numbers}}};\n")
    (tmp_path / "main.c").write_text(ON_BOARD)
    board = Emulated(core)
    sources = [tmp_path / "main.c", tmp_path / "frontend_tables.c", *SOURCES]
    program = board.build(sources, [tmp_path], folder=tmp_path)
    out = dict(line.split() for line in board.run(program).splitlines())
    digest = 2_166_136_261
    for byte in features(clip[None], settings).tobytes():
        digest = (digest ^ byte) * 16_777_619 % 2**32
    assert int(out["digest"]) == digest
    if core == "cortex-m4":
        assert int(out["worst"]) <= 84_599
