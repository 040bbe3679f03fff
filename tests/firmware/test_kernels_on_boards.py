"""Kernels on emulated boards: the bytes that the same C gives on this computer.

What this computer gives is held against LiteRT in ``tests/export/test_ops.py``. Here the paths of
each core run on its own instructions: 64-bit products, their absence on a Cortex-M0, DSP.
"""

import subprocess

import pytest

from nas.config import resource_dir
from nas.cost.emulator import MACHINES, Emulated
from nas.cost.probe_cases import cases
from nas.cost.probe_kernels import parse_probe, write_probe
from nas.cost.work import WORK
from tests.cost.emulated import require_tools
from tests.tools import require

EVERY = [case for kind, work in WORK.items() if work.names for case in cases(kind)]
HOST = """
#include <stdio.h>
#include "target.h"
uint32_t target_clock(void) { return 0U; }
uint32_t target_instructions(uint32_t from, uint32_t to) { return to - from; }
void target_print(const char *name, uint32_t value) { printf("%s %u\\n", name, (unsigned)value); }
"""
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def on_host(folder, *flags):
    (folder / "host.c").write_text(HOST)
    sources = [folder / "host.c", *write_probe(EVERY, folder)]
    firmware = resource_dir("firmware")
    places = [folder, firmware / "include", firmware / "targets/emulated"]
    includes = [f"-I{place}" for place in places]
    command = [require("cc", package="gcc"), "-std=c99", *flags, *includes, *map(str, sources)]
    subprocess.run([*command, "-o", str(folder / "program")], check=True)
    done = subprocess.run([str(folder / "program")], check=True, capture_output=True, text=True)
    return [checksum for _, checksum in parse_probe(done.stdout, len(EVERY))]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    found = on_host(tmp_path_factory.mktemp("host"), "-O1", *SANITIZERS)
    assert len(set(found)) > 0.7 * len(found), "small outputs coincide, more must not"
    return found


@pytest.mark.parametrize("core", sorted(MACHINES))
def test_every_core_gives_the_same_bytes(core, expected, tmp_path):
    require_tools(core)
    board = Emulated(core)
    text = board.run(board.build(write_probe(EVERY, tmp_path), [tmp_path], folder=tmp_path))
    found = [checksum for _, checksum in parse_probe(text, len(EVERY))]
    assert [case for case, a, b in zip(EVERY, found, expected, strict=True) if a != b] == []


def test_an_old_compiler_gives_the_same_bytes(expected, tmp_path):
    """GCC before 10 has no names for the DSP instructions: its arm_acle.h might as well be empty.

    Arduino's core of the Nano 33 BLE brings GCC 7.
    """
    require_tools("cortex-m4")
    (tmp_path / "arm_acle.h").write_text("")
    board = Emulated("cortex-m4")
    objects = [
        board.compile(source, tmp_path, includes=[tmp_path], defines="-U__GNUC__ -D__GNUC__=7")
        for source in write_probe(EVERY, tmp_path)
    ]
    text = board.run(board.build(objects, folder=tmp_path))
    found = [checksum for _, checksum in parse_probe(text, len(EVERY))]
    assert [case for case, a, b in zip(EVERY, found, expected, strict=True) if a != b] == []


@pytest.mark.parametrize(
    ("flags", "has"),
    [("-mcpu=cortex-m4", True), ("-mcpu=cortex-m33", True), ("-mcpu=cortex-m3", False),
     ("-march=armv5te", False), ("-mcpu=cortex-m4 -mbig-endian", False)],
)  # fmt: skip
def test_dsp_instructions_only_where_the_core_has_them(flags, has):
    """Armv5TE has products of halves, and the macro for DSP, but none that spread bytes."""
    header = resource_dir("firmware") / "kernels/dsp.h"
    compiler = require("arm-none-eabi-gcc", package="gcc-arm-none-eabi")
    command = [compiler, *flags.split(), "-mfloat-abi=soft", "-E", "-dM", str(header)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ("#define NAS_DSP 1" in done.stdout.splitlines()) == has


@pytest.mark.parametrize("level", ["-O0", "-O3", "-Os"])
def test_every_level_gives_the_same_bytes(level, expected, tmp_path):
    assert on_host(tmp_path, level) == expected
