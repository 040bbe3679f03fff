"""The C of a published model alone on an emulated board: every output byte, size, stack, count.

Outputs are held against LiteRT's reference kernels; person_detect, which LiteRT refuses, against
tflite-micro.
"""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nas.tflite
from nas.config import resource_dir
from nas.cost.emulator import Emulated
from nas.export.c_source import Array
from nas.export.model_c import ModelSources, model_sources
from nas.export.run import Int8Model
from tests.benchmarks.prices_model import MAIN as BARE
from tests.export.compiled import random_inputs
from tests.shared import reference_model

__all__ = ["INPUTS", "MODELS", "ModelProof", "prove_model"]

MODELS = ("kws", "ad", "ic_resnet", "person_detect")
INPUTS = 3
PROVE = """
#include <string.h>

#include "model.h"
#include "stack.h"
#include "target.h"
#include "vectors.h"

int main(void)
{
    uint32_t differ = 0U, start, between, end, depth, count;
    for (size_t vector = 0; vector < VECTORS; ++vector) {
        memcpy(nas_model_input(), inputs[vector], NAS_MODEL_INPUT_BYTES);
        target_paint_stack();
        start = target_clock();
        between = target_clock();
        nas_model_run();
        end = target_clock();
        depth = target_painted_stack();
        for (size_t i = 0; i < NAS_MODEL_OUTPUT_BYTES; ++i) {
            differ += nas_model_output()[i] != outputs[vector][i] ? 1U : 0U;
        }
    }
    count = target_instructions(between, end) - target_instructions(start, between);
    target_print("compared", VECTORS * (uint32_t)NAS_MODEL_OUTPUT_BYTES);
    target_print("differ", differ);
    target_print("instructions", count);
    target_print("stack", depth);
    return 0;
}
"""


@dataclass(frozen=True)
class ModelProof:
    """Output bytes held against the reference side, and what the network takes.

    Attributes:
        rom_bytes, ram_bytes: by `size`, of a program that does nothing but run the network.
        instructions: of the last inference; None where the board does not count.
    """

    compared: int
    differ: int
    rom_bytes: int
    ram_bytes: int
    stack_bytes: int
    instructions: int | None


def prove_model(name: str, core: str) -> ModelProof:
    """Build and run the C of model `name` for `core`."""
    board, sources = Emulated(core), _sources(name)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write(folder, name, sources)
        kernels = sorted((resource_dir("firmware") / "kernels").glob("*.c"))
        own = [folder / "model.c", *kernels]
        objects = [board.compile(source, folder, includes=[folder]) for source in own]
        rom, ram = board.size(board.bare(folder / "bare.c", objects, [folder], folder=folder))
        program = board.build([folder / "prove.c", *objects], [folder], folder=folder)
        lines = board.run(program, timeout_s=1_800.0).splitlines()
    found = {key: int(value) for key, value in map(str.split, lines)}
    count = found["instructions"] if board.machine.counts else None
    return ModelProof(found["compared"], found["differ"], rom, ram, found["stack"], count)


@cache
def _sources(name: str) -> ModelSources:
    model = nas.tflite.read(reference_model(name))
    labels = ["class"] * model.graph.tensors[model.graph.output].size_bytes
    return model_sources(model, labels=labels, model_digest="0" * 64)


def _write(folder: Path, name: str, sources: ModelSources) -> None:
    texts = {"model.c": sources.model_c, "model.h": sources.model_h, "vectors.h": _vectors(name)}
    for file, text in {**texts, "bare.c": BARE, "prove.c": PROVE}.items():
        (folder / file).write_text(text, encoding="utf-8")


@cache
def _vectors(name: str) -> str:
    inputs, outputs = _expected(reference_model(name).read_bytes())
    assert len(np.unique(outputs, axis=0)) == INPUTS, f"{name}: outputs do not depend on inputs"
    arrays = "".join(
        f"static const int8_t {what}[{len(rows)}][{rows.shape[1]}] = {{{_rows(rows)}}};\n"
        for what, rows in (("inputs", inputs), ("outputs", outputs))
    )
    return f"#include <stdint.h>\n#define VECTORS {len(inputs)}U\n{arrays}"


def _rows(values: NDArray[np.int8]) -> str:
    return "".join(f"{{{Array('', 'int8_t', row).literals()}}},\n" for row in values)


def _expected(content: bytes) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return random inputs and the outputs that the runtime outside gives, a row each."""
    graph = nas.tflite.read(content).graph
    shape = graph.tensors[graph.input].shape
    inputs = random_inputs(shape, INPUTS, seed=5)
    try:
        outputs = Int8Model(content).predict(inputs)
    except (RuntimeError, ValueError):
        outputs = _by_tflite_micro(content, inputs)
    return inputs.reshape(INPUTS, -1), outputs.reshape(INPUTS, -1)


def _by_tflite_micro(content: bytes, inputs: NDArray[np.int8]) -> NDArray[np.int8]:
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(content)
    shape = tuple(interpreter.get_input_details(0)["shape"])
    outputs = []
    for one in inputs:
        interpreter.set_input(one.reshape(shape), 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).reshape(-1).copy())
    return np.stack(outputs)
