"""The C of firmware/frontend as a device gets it: flags, tables, sizes, no undefined behaviour."""

import ctypes
import re
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from nas.config import resource_dir
from nas.frontend import LogMelSettings, reference
from nas.frontend.kinds.log_mel.kind import KIND
from nas.frontend.kinds.log_mel.tables import build
from nas.frontend.native import tables_struct
from nas.frontend.sizes import sizes
from nas.frontend.tables_c import emit
from tests.frontend.signals import ST_AED, extremes
from tests.tools import require

FIRMWARE = resource_dir("firmware")
SOURCES = sorted((FIRMWARE / "frontend").glob("*.c"))
FLAGS = [
    "-std=c99",
    "-pedantic",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Werror",
    f"-I{FIRMWARE / 'include'}",
]
SETTINGS = [
    LogMelSettings(),
    LogMelSettings(window_ms=64, n_mels=80, clip_ms=300),
    LogMelSettings(
        sample_rate_hz=11_025,
        clip_ms=300,
        window_ms=11,
        hop_ms=7,
        n_mels=9,
        fmin_hz=0,
        fmax_hz=5_512,
    ),
    LogMelSettings(sample_rate_hz=48_000, clip_ms=200, window_ms=42, fmax_hz=24_000),
    replace(ST_AED, clip_ms=300),
    LogMelSettings(clip_ms=300, pre_emphasis=0.99, remove_mean=True, window_kind="hamming"),
]
MAIN = """
#include <stdio.h>
#include "frontend_tables.h"
static int16_t samples[NAS_CLIP_LENGTH];
static int8_t features[NAS_FEATURE_LENGTH];
static nas_front_end_memory_t memory;
int main(void) {
    while (fread(samples, sizeof samples, 1, stdin) == 1) {
        size_t n = 0;
        nas_log_mel_init(&memory.state, &nas_front_end_tables, memory.work, memory.history);
        n = nas_log_mel_push(&memory.state, samples, NAS_CLIP_LENGTH, features);
        fwrite(features, NAS_N_BINS, n, stdout);
        n = nas_log_mel_clip(&nas_front_end_tables, samples, NAS_CLIP_LENGTH, memory.work,
                             features);
        fwrite(features, NAS_N_BINS, n, stdout);
    }
    return 0;
}
"""


def run(*command, given=None):
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def write_tables(settings, folder):
    for suffix, text in zip((".c", ".h"), emit(settings), strict=True):
        (folder / f"frontend_tables{suffix}").write_text(text)
    return str(folder / "frontend_tables.c")


def symbols(path, nm="nm"):
    """Sizes of the symbols of an object file, by name."""
    rows = [line.split() for line in run(nm, "-S", path).decode().splitlines()]
    return {row[3]: int(row[1], 16) for row in rows if len(row) == 4}


def compiler_32_bit(name):
    if name == "arm-none-eabi-gcc":
        path = require(name, package="gcc-arm-none-eabi")
        return [path, "-mcpu=cortex-m4", "-mthumb"], "arm-none-eabi-nm"
    command = [require("cc", package="gcc"), "-m32", "-ffreestanding"]
    probe = [*command, "-x", "c", "-c", "/dev/null", "-o", "/dev/null"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this cc has no -m32: sizes are checked with arm-none-eabi-gcc")
    return command, "nm"


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3", "-Os"])
def test_no_warning_at_any_level(tmp_path, level):
    compiler = require("cc", package="gcc")
    sources = [*map(str, SOURCES), write_tables(SETTINGS[0], tmp_path)]
    for source in sources:
        run(compiler, *FLAGS, level, "-c", source, "-o", str(tmp_path / "object.o"))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_no_undefined_behaviour_and_the_same_bytes(tmp_path, settings):
    """Generated tables, streaming and whole clip, under the sanitizers."""
    sanitize = ["-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
    assert_the_same_bytes(tmp_path, settings, ["-O1", *sanitize])


@pytest.mark.parametrize("settings", SETTINGS[-2:], ids=["st_aed", "emphasis"])
@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3", "-Os"])
def test_the_same_bytes_at_any_level(tmp_path, settings, level):
    assert_the_same_bytes(tmp_path, settings, [level])


def assert_the_same_bytes(tmp_path, settings, flags):
    compiler = require("cc", package="gcc")
    (tmp_path / "main.c").write_text(MAIN)
    tables = write_tables(settings, tmp_path)
    program = str(tmp_path / "main")
    sources = [str(tmp_path / "main.c"), tables, *map(str, SOURCES)]
    run(compiler, *FLAGS, *flags, *sources, "-o", program)
    samples = extremes(settings.clip_length, seed=6)
    out = np.frombuffer(run(program, given=samples.tobytes()), dtype=np.int8)
    twice = np.stack([reference.features(samples, settings)] * 2, axis=1)
    np.testing.assert_array_equal(out, twice.ravel())


def test_no_globals_and_nothing_called_but_memory_moves(tmp_path):
    compiler = require("cc", package="gcc")
    defined, wanted = set(), set()
    for source in SOURCES:
        path = str(tmp_path / "object.o")
        run(compiler, *FLAGS, "-O2", "-c", str(source), "-o", path)
        for line in run("nm", path).decode().splitlines():
            kind, name = line.split()[-2:]
            assert kind in "TtU", f"{source.name} has data: {line}"
            (wanted if kind == "U" else defined).add(name)
    # gcc asks every platform for these and makes memset of a loop of zeros.
    assert wanted - defined <= {"memcpy", "memmove", "memset"}
    assert set(KIND.functions) <= defined


def test_no_floating_point():
    for source in SOURCES:
        assert not re.search(r"\b(float|double)\b", source.read_text()), source.name


def test_one_public_function_a_file(tmp_path):
    compiler = require("cc", package="gcc")
    for source in SOURCES:
        path = str(tmp_path / "object.o")
        run(compiler, *FLAGS, "-O2", "-c", str(source), "-o", path)
        public = [line for line in run("nm", path).decode().splitlines() if " T " in line]
        assert len(public) == 1, source.name


@pytest.mark.parametrize("name", ["cc", "arm-none-eabi-gcc"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
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
    for name, (_, wanted) in tables.numbers.items():
        assert getattr(compiled, name) == wanted


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_generated_text(settings):
    source, header = emit(settings)
    for text in (source, header):
        assert max(map(len, text.splitlines())) <= 99
        assert text.startswith("/* Generated by mcu-nas ")
        assert f"sample_rate_hz={settings.sample_rate_hz}" in text
    assert emit(settings) == (source, header)
    assert f"#define NAS_N_FRAMES {settings.n_frames}\n" in header


def test_multiplications_by_hand():
    """n_fft 64, 32 complex points: one bare stage, then pairs at h = 2 and h = 8.

    h = 2: 4 groups x 1 k x 3 products of 4; h = 8: 1 x 7 x 12. Split: 16 bins of 4.
    """
    settings = LogMelSettings(window_ms=4, hop_ms=2, n_mels=8)
    bins = len(build(settings).mel_weight)
    assert sizes(settings).macs_per_hop == 64 + (48 + 84) + 64 + 3 * bins


def test_multiplications_of_emphasis_and_roots():
    plain = LogMelSettings(window_ms=4, hop_ms=2, n_mels=8)
    more = replace(plain, pre_emphasis=0.9, spectrum_kind="magnitude")
    bins = len(build(plain).mel_weight)
    # A root: the line, three by each of Newton's three steps, two by the inverse, two squares.
    assert sizes(more).macs_per_hop - sizes(plain).macs_per_hop == 64 + 14 * bins


def test_readme_names_every_source():
    text = (FIRMWARE / "frontend/README.md").read_text()
    assert [s.name for s in SOURCES if s.name not in text] == []
