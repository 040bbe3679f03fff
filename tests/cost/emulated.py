"""Whole generated networks on emulated boards: instructions and stack of one inference."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from nas.config import resource_dir
from nas.cost.compiler import CORES
from nas.cost.emulator import MACHINES, Emulated
from nas.export.model_c import ModelSources, model_sources
from nas.graph.graph import Graph, Node
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Reshape,
    Softmax,
)
from nas.graph.quantized import Constants, Quantization, QuantizedGraph
from tests.tools import require

__all__ = ["Counts", "count_model", "random_model", "require_tools"]

MAIN = """
#include "model.h"
#include "stack.h"
#include "target.h"

int main(void)
{
    uint32_t state = 1U, start, between, end, depth;
    int8_t *input = nas_model_input();
    for (int32_t i = 0; i < NAS_MODEL_INPUT_BYTES; ++i) {
        state = 1664525U * state + 1013904223U;
        input[i] = (int8_t)((int32_t)(state >> 24) - 128);
    }
    target_paint_stack();
    start = target_clock();
    between = target_clock();
    nas_model_run();
    end = target_clock();
    depth = target_painted_stack();
    target_print("instructions", target_instructions(between, end)
                                 - target_instructions(start, between));
    target_print("stack_bytes", depth);
    target_print("output", (uint32_t)(uint8_t)*nas_model_output());
    return 0;
}
"""


@dataclass(frozen=True)
class Counts:
    """What one call of ``nas_model_run`` took: instructions, and bytes of stack below the call."""

    instructions: int
    stack_bytes: int


def require_tools(core: str) -> None:
    """Skip, naming the package, where the compiler or the emulator of `core` is missing."""
    require(MACHINES[core].emulator, package=MACHINES[core].package)
    require(CORES[core].compiler, package=CORES[core].package.split(" and ")[0])


def count_model(sources: ModelSources, core: str) -> Counts:
    """Return what one inference of `sources` on random bytes takes on the board of `core`."""
    require_tools(core)
    board, kernels = Emulated(core), _kernels(core)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = {"model.c": sources.model_c, "model.h": sources.model_h, "count.c": MAIN}
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
        own = [folder / "model.c", folder / "count.c", *(kernels[k] for k in sources.kernels)]
        lines = board.run(board.build(own, [folder], folder=folder)).splitlines()
    values = {key: int(value) for key, value in (line.split() for line in lines)}
    return Counts(values["instructions"], values["stack_bytes"])


@cache
def _kernels(core: str) -> dict[str, Path]:
    """Compile every kernel, once for all networks."""
    folder = Path(tempfile.mkdtemp(prefix="nas-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sources = sorted((resource_dir("firmware") / "kernels").glob("*.c"))
    return {source.stem: Emulated(core).compile(source, folder) for source in sources}


def random_model(graph: Graph, seed: int) -> ModelSources:
    """Return the C of `graph` with random weights; scales spread each output over int8."""
    rng = np.random.default_rng(seed)
    quantization = [Quantization(1.0 / 32.0, 0)] * len(graph.tensors)
    constants: dict[str, Constants] = {}
    for node in graph.nodes:
        weights = _weights(graph, node, rng)
        if weights is not None:
            constants[node.name] = weights
        quantization[node.output] = _output(graph, node, quantization, weights, rng)
    model = QuantizedGraph(graph, tuple(quantization), constants)
    labels = [f"c{i}" for i in range(graph.tensors[graph.output].size_bytes)]
    return model_sources(model, labels=labels, model_digest="0" * 64)


def _weights(graph: Graph, node: Node, rng: np.random.Generator) -> Constants | None:
    """Return int8 weights over their whole range, with scales that differ by channel."""
    (shape, *_), op = graph.input_shapes(node), node.op
    if isinstance(op, Conv2D):
        size = (op.filters, *op.kernel, shape[2])
    elif isinstance(op, DepthwiseConv2D):
        size = (1, *op.kernel, shape[2] * op.multiplier)
    elif isinstance(op, FullyConnected):
        size = (op.units, int(np.prod(shape)))
    else:
        return None
    outputs = size[-1] if isinstance(op, DepthwiseConv2D) else size[0]
    return Constants(
        rng.integers(-127, 128, size).astype(np.int8),
        (rng.uniform(0.3, 1.0, outputs) * 0.01).astype(np.float32),
        rng.integers(-2_000, 2_000, outputs).astype(np.int32),
    )


def _output(graph, node, quantization, constants, rng) -> Quantization:
    source = quantization[node.inputs[0]]
    if isinstance(node.op, AveragePool2D | MaxPool2D | Reshape):
        return source
    if isinstance(node.op, Softmax):
        return Quantization(1.0 / 256.0, -128)
    if isinstance(node.op, Add | Mean):
        return Quantization(1.4 * source.scale, int(rng.integers(-128, 0)))
    weights = constants.weights.astype(np.float64)
    axes = tuple(range(weights.ndim - 1))
    kernel = axes if isinstance(node.op, DepthwiseConv2D) else tuple(range(1, weights.ndim))
    spread = np.sqrt((weights**2).sum(axis=kernel)).mean() * 0.0065
    scale = float(np.float32(spread * source.scale * rng.uniform(0.8, 1.6)))
    return Quantization(scale, int(rng.choice([-128, rng.integers(-60, 60)])))
