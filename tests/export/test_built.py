"""Costs of a built tree: against the linker's own result, and against the estimate."""

import shutil
import subprocess

import pytest

from nas.budget import Budget
from nas.cost import price
from nas.cost.code import load_code_sizes
from nas.cost.compiler import CORES, FLAGS
from nas.errors import ConfigError
from nas.export.built import GENERATED, built_cost, check_compiler
from nas.export.tree import export
from nas.tflite import read
from tests.export.toy import SETTINGS, clips, toy_model
from tests.tools import require

MAIN = """
#include "nas.h"
static nas_app_t app;
volatile char sink;
static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    sink = event->label[0];
}
int main(void)
{
    const int16_t sample = 0;
    nas_app_init(&app, on_event, NULL);
    for (;;) {
        nas_app_record(&app, &sample, 1);
        nas_app_poll(&app);
    }
}
"""
TOOLS = {
    "cortex-m4": ("arm-none-eabi-gcc", "gcc-arm-none-eabi"),
    "rv32imc": ("riscv64-unknown-elf-gcc", "gcc-riscv64-unknown-elf"),
    "xtensa-lx6": ("xtensa-lx106-elf-gcc", "gcc-xtensa-lx106"),
}


def estimate(tree, core, clock_hz=1_000_000):
    device = {"core": core, "clock_hz": clock_hz, "flash_bytes": 1 << 30, "sram_bytes": 1 << 30}
    device["reserved_sram_bytes"] = 0
    board = {"board": "any", "device": device, "limits": {"macs": 1}}
    graph = read(tree.path / "model.tflite").graph
    return price(graph, SETTINGS, Budget.model_validate(board))


def test_against_the_linker(tree, tmp_path):
    """A bare program that listens, linked with --gc-sections.

    The linker drops unused functions within a file and adds a main: 3 % apart at most. In RAM
    there are a sink besides, and gaps before arrays aligned to 16 bytes.
    """
    compiler = require("arm-none-eabi-gcc", package="gcc-arm-none-eabi")
    size = require("arm-none-eabi-size", package="binutils-arm-none-eabi")
    (tmp_path / "main.c").write_text(MAIN)
    sources = [str(p) for a in ("kernels", "frontend", "app") for p in (tree.path / a).glob("*.c")]
    sources += [str(tree.path / f"generated/{stem}.c") for stem in GENERATED]
    places = [f"-I{tree.path / place}" for place in ("include", "generated", "app")]
    flags = [
        *FLAGS,
        *CORES["cortex-m4"].flags,
        "-Wl,--gc-sections",
        "-nostartfiles",
        "-Wl,-e,main",
    ]
    program = str(tmp_path / "listen.elf")
    command = [compiler, *flags, *places, str(tmp_path / "main.c"), *sources, "-o", program]
    subprocess.run(command, check=True)
    done = subprocess.run([size, program], check=True, capture_output=True, text=True)
    text, data, bss, *_ = map(int, done.stdout.splitlines()[1].split()[:3])
    built = built_cost(tree.path, "cortex-m4")
    assert built["rom_bytes"] == pytest.approx(text + data, rel=0.03)
    assert built["ram_bytes"] - built["parts"]["ram.stack"] == pytest.approx(data + bss, abs=32)


def exported(folder, estimated):
    """Return the tree of the toy with the audio ring that was priced, as a search leaves it."""
    ring = estimated.parts["ram.audio_ring"] // (2 * SETTINGS.hop_length)
    return export(
        folder / "tree",
        model=toy_model(),
        settings=SETTINGS,
        labels=["a", "b", "c", "d"],
        golden=clips(1),
        candidate=None,
        decision_ms=250,
        audio_ring_hops=ring,
    )


@pytest.mark.parametrize("clock_hz", [1_000_000, 1_000_000_000])
@pytest.mark.parametrize("core", sorted(TOOLS))
def test_the_application_has_the_bytes_that_were_priced(tree, tmp_path, core, clock_hz):
    """sizeof(nas_app_t), whatever ring the board's speed asks for."""
    command, package = TOOLS[core]
    require(command, package=package)
    estimated = estimate(tree, core, clock_hz)
    built = built_cost(exported(tmp_path, estimated).path, core)
    parts = ("frontend_state", "audio_ring", "feature_ring", "app")
    priced = sum(estimated.parts[f"ram.{part}"] for part in parts)
    assert built["parts"]["ram.application"] == priced - load_code_sizes(core).static_bytes


@pytest.mark.parametrize("core", sorted(TOOLS))
def test_against_the_estimate(tree, tmp_path, core):
    """Before training the estimate cannot know padding and merged constants: 3 % apart."""
    command, package = TOOLS[core]
    require(command, package=package)
    estimated = estimate(tree, core)
    tree = exported(tmp_path, estimated)
    built = built_cost(tree.path, core)
    assert built["rom_bytes"] == pytest.approx(estimated.rom_bytes, rel=0.03)
    assert built["ram_bytes"] == pytest.approx(estimated.ram_bytes, rel=0.03)
    assert built["macs"] == estimated.macs
    assert built["arena_bytes"] == estimated.arena_bytes
    assert built["model_bytes"] == len((tree.path / "model.tflite").read_bytes())
    assert sum(built["parts"].values()) == built["rom_bytes"] + built["ram_bytes"]
    assert built["compiled_for"] != "host"


def test_without_a_cross_compiler_the_host_is_used_and_named(tree, monkeypatch):
    require("gcc", package="gcc")
    real = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if "arm" in name else real(name))
    built = built_cost(tree.path, "cortex-m4")
    assert built["compiled_for"] == "host"
    assert built["parts"]["ram.arena"] == built["arena_bytes"]


def test_what_is_no_tree_or_no_core_is_refused(tree, tmp_path):
    with pytest.raises(ConfigError, match="no exported firmware tree"):
        built_cost(tmp_path, "cortex-m4")
    with pytest.raises(ConfigError, match="z80"):
        built_cost(tree.path, "z80")


def test_a_machine_without_any_compiler_is_told_before_a_search(monkeypatch):
    check_compiler("cortex-m4")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="install gcc"):
        check_compiler("cortex-m4")
