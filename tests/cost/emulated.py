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
    """Return the C of `graph` with random weights.

    Scales spread each output over int8, and have the size of trained networks' (a softmax takes
    longer the closer its inputs are to each other: see nas/cost/README.md).
    """
    rng = np.random.default_rng(seed)
    quantization = [Quantization(1.0 / 32.0, 0)] * len(graph.tensors)
    constants: dict[str, Constants] = {}
    for node in graph.nodes:
        source = quantization[node.inputs[0]]
        target = _output(node, source, rng)
        size = _weight_shape(graph, node)
        if size:
            constants[node.name] = _weights(node, size, target.scale / source.scale, rng)
        quantization[node.output] = target
    model = QuantizedGraph(graph, tuple(quantization), constants)
    labels = [f"c{i}" for i in range(graph.tensors[graph.output].size_bytes)]
    return model_sources(model, labels=labels, model_digest="0" * 64)


def _output(node: Node, source: Quantization, rng: np.random.Generator) -> Quantization:
    if isinstance(node.op, AveragePool2D | MaxPool2D | Reshape):
        return source
    if isinstance(node.op, Softmax):
        return Quantization(1.0 / 256.0, -128)
    if isinstance(node.op, Add | Mean):
        return Quantization(1.4 * source.scale, int(rng.integers(-128, 0)))
    return Quantization(rng.uniform(0.05, 0.2), int(rng.choice([-128, rng.integers(-60, 60)])))


def _weight_shape(graph: Graph, node: Node) -> tuple[int, ...]:
    (shape, *_), op = graph.input_shapes(node), node.op
    if isinstance(op, Conv2D):
        return (op.filters, *op.kernel, shape[2])
    if isinstance(op, DepthwiseConv2D):
        return (1, *op.kernel, shape[2] * op.multiplier)
    return (op.units, int(np.prod(shape))) if isinstance(op, FullyConnected) else ()


def _weights(
    node: Node, size: tuple[int, ...], ratio: float, rng: np.random.Generator
) -> Constants:
    """Return weights over all of int8; their scales differ by channel and fill the output."""
    depthwise = isinstance(node.op, DepthwiseConv2D)
    outputs = size[-1] if depthwise else size[0]
    weights = rng.integers(-127, 128, size).astype(np.int8)
    products = int(np.prod(size)) // outputs
    usual = ratio / (73.0 * np.sqrt(products))
    return Constants(
        weights,
        (usual * rng.uniform(0.4, 1.4, outputs)).astype(np.float32),
        rng.integers(-2_000, 2_000, outputs).astype(np.int32),
    )
