"""An exported tree on emulated boards: the bytes, the counts and the stack."""

import subprocess
from pathlib import Path

import pytest

from nas.cost.compiler import CORES
from nas.cost.emulator import COUNTED, MACHINES
from nas.cost.instructions import hop_instructions, node_instructions
from nas.export.built import built_cost
from nas.tflite import read
from tests.cost.emulated import require_tools
from tests.export.toy import SETTINGS
from tests.tools import require

ALL = sorted(MACHINES)


def make(tree: Path, core: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = tree / "targets" / MACHINES[core].target
    command = [require("make", package="make"), "-C", str(folder), f"CORE={core}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def verify(tree: Path, core: str) -> dict[str, int]:
    require_tools(core)
    done = make(tree, core, "-s", "run")
    assert done.returncode == 0, done.stderr
    return {key: int(value) for key, value in map(str.split, done.stdout.splitlines())}


@pytest.mark.parametrize("core", ALL)
def test_every_byte_is_the_reference_side_s(tree, core):
    """Features come from NumPy, outputs from LiteRT; each vector goes both paths."""
    found = verify(tree.path, core)
    assert found["golden_vectors"] == 3
    assert found["feature_bytes"] == 3 * SETTINGS.n_frames * SETTINGS.n_bins
    assert found["output_bytes"] == 2 * 3 * 4
    assert found["features_that_differ"] == 0
    assert found["outputs_that_differ"] == 0


@pytest.mark.parametrize("core", COUNTED)
def test_counts_and_stack_are_those_foretold(tree, core):
    found = verify(tree.path, core)
    graph = read(tree.path / "model.tflite").graph
    inference = sum(node_instructions(graph, node, core) for node in graph.nodes)
    assert inference == pytest.approx(found["instructions_per_inference"], rel=0.03)
    hop = hop_instructions(SETTINGS, core)
    assert hop == pytest.approx(found["instructions_per_hop"], rel=0.03)
    # The compiler's frames bound what is used; they count 96 bytes for a library routine.
    stack = built_cost(tree.path, core)["parts"]["ram.stack"]
    assert 0 <= stack - found["stack_bytes"] <= 120


def test_a_wrong_byte_is_counted(tree, tmp_path):
    require_tools("cortex-m4")
    import shutil

    copy = tmp_path / "tree"
    shutil.copytree(tree.path, copy)
    vectors = copy / "generated/test_vectors.c"
    head, outputs = vectors.read_text().rsplit("{\n{\n", 1)
    value, rest = outputs.split(",", 1)
    vectors.write_text(f"{head}{{\n{{\n{-(int(value) + 1)},{rest}")
    done = make(copy, "cortex-m4", "-s", "run")
    assert done.returncode != 0
    assert "features_that_differ 0\noutput_bytes 24\noutputs_that_differ 2\n" in done.stdout


@pytest.mark.parametrize("core", ALL)
def test_make_runs_what_is_measured(tree, core):
    """Same board, clock, core and optimisation as nas.cost."""
    commands = make(tree.path, core, "-n", "-B", "run").stdout
    machine = MACHINES[core]
    assert " ".join((machine.emulator, *machine.arguments)) in commands
    assert "-O2 -std=c99 -ffunction-sections -fdata-sections" in commands
    assert " ".join(CORES[core].flags) in commands


def test_an_unknown_core_is_named(tree):
    done = make(tree.path, "cortex-m4", "CORE=cortex-m85", "run")
    assert done.returncode != 0
    assert "CORE=cortex-m85: not one of cortex-m0, cortex-m3, cortex-m4" in done.stderr


def test_an_m55_with_vector_instructions_gives_the_same_bytes(tree):
    """Only start-up code that unlocks the vector registers lets this end well."""
    require_tools("cortex-m55")
    arch = "ARCH=-mcpu=cortex-m55 -mthumb -mfloat-abi=hard"
    done = make(tree.path, "cortex-m55", "-s", "-B", "run", "CFLAGS=-O3", arch)
    assert done.returncode == 0, done.stderr
    assert "features_that_differ 0\noutput_bytes 24\noutputs_that_differ 0\n" in done.stdout
