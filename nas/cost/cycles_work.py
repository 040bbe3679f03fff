"""How much of each kind of work a node holds: what cycles are counted by.

A kernel's time follows its loops: products, taps at which an inner loop starts, outputs that are
requantized, weights read from flash. Which of these a kernel library pays for, and how much, is
said by its table of rates; here is only how often each happens.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from nas.cost.by_op import entry
from nas.cost.work.windows import outputs_along
from nas.graph.graph import Graph, Node
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    Dequantize,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Op,
    Pad,
    Quantize,
    Relu,
    Requantize,
    Reshape,
    Shape,
    Softmax,
)

__all__ = ["AMOUNTS", "KINDS", "amounts"]

Amounts = tuple[int, ...]


def amounts(graph: Graph, node: Node) -> Amounts:
    """Return the amounts of work of `node`, in the order of its kind's names in `KINDS`.

    Raises:
        UnsupportedOpError: an op whose work is not known.
    """
    _, count = entry(KINDS, node, "count of work")
    tensors = graph.tensors
    return count(node.op, tensors[node.inputs[0]].shape, tensors[node.output].shape)


def _taps(op: Conv2D | DepthwiseConv2D, source: Shape) -> int:
    return outputs_along(*op.axis(source, 0)).taps * outputs_along(*op.axis(source, 1)).taps


def _conv(op: Conv2D, source: Shape, target: Shape) -> Amounts:
    channels, filters = source[2], target[2]
    window = op.kernel[0] * op.kernel[1] * channels
    pixels = target[0] * target[1]
    taps = _taps(op, source) * filters
    gathered = 0 if op.kernel == op.stride == (1, 1) else pixels * window
    outputs = pixels * filters
    return 1, outputs, outputs * window, taps * channels, taps, window * filters, gathered


def _depthwise(op: DepthwiseConv2D, source: Shape, target: Shape) -> Amounts:
    taps = _taps(op, source) * target[2]
    return 1, prod(target), taps, taps, op.kernel[0] * op.kernel[1] * target[2]


def _fully_connected(op: FullyConnected, source: Shape, target: Shape) -> Amounts:
    weights = prod(source) * op.units
    return 1, op.units, weights, weights


def _pool(op: AveragePool2D | MaxPool2D, source: Shape, target: Shape) -> Amounts:
    outputs = prod(target)
    return 1, outputs, outputs * op.pool[0] * op.pool[1]


def _elements(op: Op, source: Shape, target: Shape) -> Amounts:
    return 1, prod(source)


def _written(op: Pad, source: Shape, target: Shape) -> Amounts:
    return 1, prod(target)


POOL = ("calls", "outputs", "window")
ELEMENTS = ("calls", "elements")
KINDS: Mapping[type[Op], tuple[tuple[str, ...], Callable[[Any, Shape, Shape], Amounts]]] = {
    Conv2D: (
        ("calls", "outputs", "macs", "macs_inside", "taps", "weight_bytes", "gathered"),
        _conv,
    ),
    DepthwiseConv2D: (("calls", "outputs", "macs_inside", "taps", "weight_bytes"), _depthwise),
    FullyConnected: (("calls", "outputs", "macs", "weight_bytes"), _fully_connected),
    AveragePool2D: (POOL, _pool),
    MaxPool2D: (POOL, _pool),
    Mean: (ELEMENTS, _elements),
    Add: (ELEMENTS, _elements),
    Reshape: (ELEMENTS, _elements),
    Softmax: (ELEMENTS, _elements),
    Pad: (ELEMENTS, _written),
    Logistic: (ELEMENTS, _elements),
    Relu: (ELEMENTS, _elements),
    Requantize: (ELEMENTS, _elements),
    Quantize: (ELEMENTS, _elements),
    Dequantize: (ELEMENTS, _elements),
}
"""By op: the names of its amounts, and what counts them. `macs` counts padding too and
`macs_inside` does not; `taps` are the starts of an inner loop over channels; `gathered` the
elements that im2col copies (none for a 1x1 convolution of stride 1, which needs no copy)."""

AMOUNTS = {op: count for op, (_, count) in KINDS.items()}
"""By op: what counts its amounts."""
