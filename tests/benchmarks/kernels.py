"""Instructions of the kernels on emulated boards, beside TFLM's and beside those of a revision.

    NAS_SHARED=... PYTHONPATH=. python -m tests.benchmarks.kernels [--before REVISION] [--out FILE]

The published models run on random bytes on each core; their outputs are held against the same C on
this computer, which is held against LiteRT and tflite-micro by tests/export. With --before the
kernels of a git revision run the same generated code as well.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nas.tflite
from nas.config import resource_dir
from nas.cost.compiler import CORES, FLAGS, Compiler
from nas.cost.emulator import MACHINES, Emulated
from nas.cost.instructions import node_instructions
from nas.export.model_c import ModelSources, model_sources
from nas.files import write_text
from nas.graph.quantized import QuantizedGraph
from tests.benchmarks.machine import machine
from tests.benchmarks.prices_model import on_model
from tests.benchmarks.prices_reference import PUBLISHED
from tests.benchmarks.prices_table import table
from tests.cost.emulated import MAIN, count_model, random_model
from tests.paths import REPOSITORY
from tests.random_candidates import HELD_OUT, networks
from tests.shared import reference_model

OUT = Path("results/benchmarks/kernels.md")
FAMILIES = ("conv1d", "ds_cnn", "separable_conv2d")
A_FAMILY = 7
TFLM = {
    "kws": (43_022_232, 7_697_685),
    "ad": (1_952_440, 583_243),
    "ic_resnet": (107_273_798, 29_859_385),
    "person_detect": (95_657_107, 22_929_275),
}
"""Instructions of one inference under TFLM with its reference kernels, and with CMSIS-NN.

At -O2 on an emulated Cortex-M4F, November 2026.
"""
CHECKSUM = """
    uint32_t sum = 0U;
    for (int32_t i = 0; i < NAS_MODEL_OUTPUT_BYTES; ++i) {
        sum = 31U * sum + (uint8_t)nas_model_output()[i];
    }
    target_print("checksum", sum);
    return 0;
"""
HOST = """
#include <stdio.h>
#include "target.h"
uint32_t target_clock(void) { return 0U; }
uint32_t target_instructions(uint32_t from, uint32_t to) { return to - from; }
void target_print(const char *name, uint32_t value) { printf("%s %u\\n", name, (unsigned)value); }
"""
STACK_H = "#define target_paint_stack() (void)0\n#define target_painted_stack() 0U\n"


@dataclass(frozen=True)
class Run:
    """One inference: instructions (0 on this computer), checksum of the output's bytes."""

    instructions: int
    checksum: int


def _sources(model: QuantizedGraph) -> ModelSources:
    labels = ["class"] * model.graph.tensors[model.graph.output].size_bytes
    return model_sources(model, labels=labels, model_digest="0" * 64)


def _write(sources: ModelSources, folder: Path) -> list[Path]:
    texts = {"model.c": sources.model_c, "main.c": MAIN.replace("    return 0;\n", CHECKSUM)}
    for name, text in {**texts, "model.h": sources.model_h}.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def _parsed(text: str) -> Run:
    values = {key: int(value) for key, value in map(str.split, text.splitlines())}
    return Run(values["instructions"], values["checksum"])


def on_board(sources: ModelSources, core: str, firmware: Path) -> Run:
    """Return what one inference takes on `core` with the kernels of `firmware`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = [*_write(sources, folder), *sorted((firmware / "kernels").glob("*.c"))]
        board = Emulated(core)
        return _parsed(board.run(board.build(own, [firmware / "include", folder], folder=folder)))


def on_host(sources: ModelSources) -> Run:
    """Return what the same C gives on this computer."""
    firmware = resource_dir("firmware")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_text(folder / "host.c", HOST)
        write_text(folder / "stack.h", STACK_H)
        own = [*_write(sources, folder), folder / "host.c", *(firmware / "kernels").glob("*.c")]
        places = [folder, firmware / "include", firmware / "targets/emulated"]
        words = ["cc", "-std=c99", "-O2", *(f"-I{place}" for place in places), *map(str, own)]
        subprocess.run([*words, "-o", str(folder / "program")], check=True)
        done = subprocess.run([str(folder / "program")], check=True, capture_output=True)
    return _parsed(done.stdout.decode())


def firmware_of(revision: str, folder: Path) -> Path:
    """Write the firmware of a git revision into `folder`; returns it."""
    command = ["git", "archive", revision, "firmware/kernels", "firmware/include"]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "firmware"


def instruction_rows(models: dict[str, ModelSources], before: Path | None) -> list[list[str]]:
    """Return a row a model and core; raises AssertionError where a byte differs."""
    rows = []
    for name, sources in models.items():
        expected = on_host(sources).checksum
        for core in sorted(MACHINES):
            found = on_board(sources, core, resource_dir("firmware"))
            assert found.checksum == expected, f"{name} on {core}: other bytes than here"
            cells = [name, core, _count(found)]
            if before:
                old = on_board(sources, core, before)
                assert old.checksum == expected, f"{name} on {core}: other bytes than before"
                ratio = found.instructions / old.instructions if old.instructions else None
                share = "–" if ratio is None else f"{ratio:.2f}"
                cells = [name, core, _count(old), _count(found), share]
            rows.append(cells)
            print(*cells, file=sys.stderr, flush=True)
    return rows


def _count(run: Run) -> str:
    return f"{run.instructions:,}" if run.instructions else "–"


def tflm_rows(models: dict[str, QuantizedGraph]) -> list[list[str]]:
    """Return a row a model on a Cortex-M4: instructions, arena and code beside TFLM's."""
    rows = []
    for name, model in models.items():
        sources, found = _sources(model), on_model(model, "cortex-m4")
        reference, cmsis_nn = TFLM[name]
        constants = sources.constant_bytes + sources.scale_bytes
        arenas = PUBLISHED[name].arenas
        rows.append(
            [
                *(name, f"{found.instructions:,}"),
                f"{reference:,} ({found.instructions / reference:.2f})",
                f"{cmsis_nn:,} ({found.instructions / cmsis_nn:.2f})",
                f"{sources.arena_bytes:,}",
                f"{arenas['portable']:,} / {arenas['cmsis-nn']:,}",
                f"{found.rom_bytes - constants:,}",
            ]
        )
    return rows


def held_out_rows() -> list[list[str]]:
    """Return a row a candidate that no fit has seen: predicted / counted on two cores."""
    rows = []
    for family in FAMILIES:
        every = networks(family, A_FAMILY, first_seed=HELD_OUT)
        for index, (_, graph) in enumerate(every):
            cells = [f"{family}-{index}"]
            for core in ("cortex-m4", "rv32imc"):
                counted = count_model(random_model(graph, index), core).instructions
                predicted = sum(node_instructions(graph, node, core) for node in graph.nodes)
                error = predicted / counted - 1
                cells += [f"{predicted:,.0f}", f"{counted:,}", f"{error:+.2%}"]
            rows.append(cells)
            print(*cells, file=sys.stderr, flush=True)
    return rows


def page(before: str | None) -> str:
    """Return the whole page."""
    models = {name: nas.tflite.read(reference_model(name)) for name in TFLM}
    sources = {name: _sources(model) for name, model in models.items()}
    with tempfile.TemporaryDirectory() as folder:
        old = firmware_of(before, Path(folder)) if before else None
        counted = instruction_rows(sources, old)
    compiled = ["cortex-m4", "rv32imc"]
    versions = [Compiler(CORES[c].compiler, CORES[c], (), Path()).version() for c in compiled]
    versions += list(dict.fromkeys(Emulated(core).version() for core in compiled))
    middle = [f"kernels of {before}", "now", "now / before"] if before else ["instructions"]
    titles = [f"{core} {what}" for core in compiled for what in ("predicted", "counted", "error")]
    words = " ".join(["python -m tests.benchmarks.kernels", *sys.argv[1:]])
    lines = [
        *("# Kernels", "", f"`{words}`", ""),
        f"{'; '.join(versions)}; C with `{' '.join(FLAGS)}`; {machine()}.",
        *("", "## Instructions of one inference", ""),
        "On emulated boards, on random bytes. Every output byte is the same on all cores, before "
        "and now, and on this computer. Instructions are not cycles; the LX106 has no counter.",
        *("", *table(["model", "core", *middle], counted), ""),
        *("## Beside TFLM, on a Cortex-M4", ""),
        "In brackets: ours / theirs. `code`: linked text of network and kernels without weights, "
        "biases and scales; TFLM's runtime and kernels take 33,000 to 37,000 bytes (reference), "
        "57,000 to 70,000 (CMSIS-NN). Arenas of TFLM: reference kernels / CMSIS-NN.",
        "",
        *table(
            ["model", "ours", "TFLM reference", "TFLM CMSIS-NN", "arena", "TFLM's", "code"],
            tflm_rows(models),
        ),
        *("", "## Predicted and counted, candidates held out of the fit", ""),
        *(*table(["candidate", *titles], held_out_rows()), ""),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kernels")
    parser.add_argument("--before", metavar="REVISION")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    write_text(options.out, page(options.before))


if __name__ == "__main__":
    main(sys.argv[1:])
