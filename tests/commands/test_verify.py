"""``nas verify`` on an exported toy: every byte on every target, and numbers of other makes."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nas.cli import main
from nas.commands.export import export_model
from nas.commands.verify import TARGETS, VerifyRequest, verify
from nas.cost.compiler import CORES, FLAGS
from nas.cost.emulator import MACHINES
from nas.export.proof import LISTENER
from tests.cost.emulated import require_tools
from tests.export.toy import SETTINGS
from tests.shared import reference_model
from tests.tools import require

FEATURES = 3 * SETTINGS.n_frames * SETTINGS.n_bins
OUTPUTS = 2 * 3 * 4
STACK_ABOVE = {"qemu-cortex-m4": 128, "qemu-xtensa": 320}
"""The price is the deepest chain of frames there is; a network need not enter it."""
MAIN = """
#include "nas.h"
static nas_app_t app;
static volatile char heard;
static void on_event(void *context, const nas_event_t *event) { heard = event->label[1]; }
int main(void)
{
    nas_app_init(&app, on_event, NULL);
    for (;;) {
        const int16_t sample = 0;
        nas_app_record(&app, &sample, 1);
        nas_app_poll(&app);
    }
}
"""


def require_target(name):
    core = TARGETS[name]
    if core is None:
        require("cc", package="gcc")
    else:
        require_tools(core)


def only_row(tree, name):
    require_target(name)
    (row,) = verify(VerifyRequest(tree=tree, targets=[name])).rows
    return row


@pytest.mark.parametrize("name", TARGETS)
def test_every_byte_is_the_reference_side_s(tree, name):
    """Features are NumPy's, outputs LiteRT's; how many there are is closed form."""
    row = only_row(tree.path, name)
    assert (row.ok, row.problem, row.core) == (True, None, TARGETS[name])
    assert (row.proof.feature_bytes, row.proof.output_bytes) == (FEATURES, OUTPUTS)
    assert (row.proof.compared, row.proof.differ) == (FEATURES + OUTPUTS, 0)
    assert row.proof.golden_vectors == 3


def test_every_core_that_is_emulated_is_a_target():
    assert {core for core in TARGETS.values() if core} == set(MACHINES)


@pytest.mark.parametrize("name", ["qemu-cortex-m4", "qemu-riscv"])
def test_numbers_are_those_of_make_and_of_another_program_s_size(tree, name, tmp_path):
    row = only_row(tree.path, name)
    counted = make(tree.path, row.core)
    assert row.proof.instructions_per_inference == counted["instructions_per_inference"]
    assert row.proof.instructions_per_hop == counted["instructions_per_hop"]
    assert row.proof.stack_bytes == counted["stack_bytes"]
    text, data, bss = linked(tree.path, row.core, tmp_path)
    assert row.proof.rom_bytes == pytest.approx(text + data, abs=64)
    assert row.proof.ram_bytes == pytest.approx(data + bss, abs=32)


def make(tree, core):
    require_tools(core)
    folder = tree / "targets" / MACHINES[core].target
    command = [require("make", package="make"), "-s", "-C", str(folder), f"CORE={core}", "run"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return {key: int(value) for key, value in map(str.split, done.stdout.splitlines())}


def linked(tree, core, folder):
    """Text, data and bss of a program of our own, all files in one command."""
    target = CORES[core]
    (folder / "main.c").write_text(MAIN)
    sources = [str(p) for a in ("kernels", "frontend", "app") for p in (tree / a).glob("*.c")]
    sources += [str(tree / f"generated/{stem}.c") for stem in LISTENER.generated]
    places = [f"-I{tree / place}" for place in ("include", "generated", "app")]
    link = ["-nostdlib", "-Wl,--gc-sections,-e,main", str(folder / "main.c"), *sources]
    tail = [*target.libraries, "-lgcc", "-lc", "-lgcc", "-o", str(folder / "a.elf")]
    command = [target.compiler, *FLAGS, *target.flags, *places, *link, *tail]
    subprocess.run(command, check=True, capture_output=True)
    size = re.sub("gcc$", "size", target.compiler)
    done = subprocess.run(
        [size, str(folder / "a.elf")], check=True, capture_output=True, text=True
    )
    return map(int, done.stdout.splitlines()[1].split()[:3])


def test_prices_stand_beside_what_was_found(tree):
    row = only_row(tree.path, "qemu-cortex-m4")
    for name, price in row.foretold.values.items():
        found = getattr(row.proof, name)
        if name == "stack_bytes":
            assert 0 <= price - found <= STACK_ABOVE["qemu-cortex-m4"]
        else:
            assert price == pytest.approx(found, rel=0.02)
    assert len(row.foretold.values) == 5
    assert (row.foretold.sizes_of, row.foretold.instructions_of) == ("cortex-m4", "cortex-m4")


def test_an_m55_says_whose_estimate_it_has(tree, capsys):
    require_target("qemu-cortex-m55")
    assert leave(capsys, str(tree.path), "--target", "qemu-cortex-m55") == 0
    assert "qemu-cortex-m55: the estimate is that of cortex-m4\n" in capsys.readouterr().out


def test_an_xtensa_counts_nothing(tree):
    row = only_row(tree.path, "qemu-xtensa")
    assert row.proof.instructions_per_inference is None
    assert set(row.foretold.values) == {"rom_bytes", "ram_bytes", "stack_bytes"}
    above = row.foretold.values["stack_bytes"] - row.proof.stack_bytes
    assert 0 <= above <= STACK_ABOVE["qemu-xtensa"]


def leave(capsys, *words):
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(("verify", *words))
    return left.value.code


def test_the_table_and_json_say_the_same(tree, capsys):
    require_target("qemu-cortex-m4")
    words = (str(tree.path), "--target", "host,qemu-cortex-m4")
    assert leave(capsys, *words) == 0
    page = capsys.readouterr()
    assert page.err.splitlines() == ["host ...", "qemu-cortex-m4 ..."]
    assert leave(capsys, *words, "--json") == 0
    host, m4 = (found := json.loads(capsys.readouterr().out))["targets"]
    assert found["ok"]
    assert (host["measured"]["rom_bytes"], host["estimated"]) == (None, None)
    line = next(line for line in page.out.splitlines() if line.startswith("qemu-cortex-m4 "))
    numbers = [int(word.replace(",", "")) for word in line.split()[1:]]
    keys = ("rom_bytes", "ram_bytes", "stack_bytes", "instructions_per_inference")
    assert numbers[:2] == [FEATURES + OUTPUTS, 0]
    assert numbers[2:6] == [m4["measured"][key] for key in keys]
    assert max(map(len, page.out.splitlines()[:6])) <= 80
    assert page.out.endswith(": every byte is equal on host, qemu-cortex-m4\n")


def test_the_tree_is_left_as_it_was(tree, tmp_path):
    copy = tmp_path / "a tree, übrigens"
    shutil.copytree(tree.path, copy, ignore=shutil.ignore_patterns("build"))
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    require_target("host")
    require_target("qemu-xtensa")
    assert verify(VerifyRequest(tree=copy, targets=["host", "qemu-xtensa"])).ok
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_study_is_found_by_name_or_folder(tree, tmp_path):
    require_target("host")
    shutil.copytree(tree.path, tmp_path / "results/kitchen/firmware")
    study = tmp_path / "results/kitchen"
    for place in (study, Path("kitchen"), study / "firmware"):
        request = VerifyRequest(tree=place, targets=["host"], results=tmp_path / "results")
        assert verify(request).ok


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A published model on its own, exported without a front end."""
    model = reference_model("kws")
    return export_model(model, tmp_path_factory.mktemp("network") / "kws").path


@pytest.mark.parametrize("name", ["host", "qemu-cortex-m0", "qemu-cortex-m4", "qemu-xtensa"])
def test_a_network_alone_is_proved_by_its_vectors(network, name):
    """8 vectors of 12 classes, whose outputs a reference runtime gave."""
    proof = only_row(network, name).proof
    assert (proof.feature_bytes, proof.output_bytes, proof.differ) == (0, 8 * 12, 0)
    assert proof.instructions_per_hop is None


def test_a_network_alone_has_a_price(network):
    """Arena 9,792 bytes (closed form, tests/graph); beside it a byte to read, one to write."""
    row = only_row(network, "qemu-cortex-m4")
    assert 0 <= row.proof.ram_bytes - 9_792 <= 16
    assert "instructions_per_hop" not in row.foretold.values
    for key in ("rom_bytes", "ram_bytes", "instructions_per_inference"):
        assert row.foretold.values[key] == pytest.approx(getattr(row.proof, key), rel=0.03)


def test_make_proves_a_network_alone(network):
    counted = make(network, "cortex-m4")
    assert (counted["output_bytes"], counted["outputs_that_differ"]) == (96, 0)
    assert counted["instructions_per_inference"] > 10**6
