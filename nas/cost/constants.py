"""Bytes of the constants that ops read, as the converter writes them, each buffer once.

Weights are int8. Each op with weights has an int32 bias an output channel: the converter writes
one even where Keras had none, since batch norm folds into it. Reshape reads its new shape with the
batch (int32), Mean its two axes; equal ones are one buffer.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

from nas.cost.by_op import entry, of_each
from nas.graph.graph import Graph, Node
from nas.graph.once import once_a_graph
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

__all__ = [
    "LOOKUP_BYTES",
    "NodeConstants",
    "constant_bytes",
    "graph_constants",
    "has_one_scale",
    "node_constants",
]

LOOKUP_BYTES = 256
QUANTITY = "count of constants"


class NodeConstants(NamedTuple):
    """Constants of one node.

    Attributes:
        weight_bytes: int8 weights.
        channels: output channels, each with a bias, a multiplier and a shift.
        parameter: the int32 values that describe the op in the flatbuffer (a shape, axes); C
            takes them as code.
        table_bytes: of a table that the C reads and the flatbuffer does not hold.
    """

    weight_bytes: int = 0
    channels: int = 0
    parameter: tuple[int, ...] = ()
    table_bytes: int = 0


def node_constants(graph: Graph, node: Node) -> NodeConstants:
    """Return the constants of one node."""
    count, tensors = entry(CONSTANTS, node, QUANTITY), graph.tensors
    return count(node.op, tensors[node.inputs[0]].shape, tensors[node.output].shape)


def has_one_scale(op: Op) -> bool:
    """Tell whether the weights of `op` share one scale in the `.tflite`."""
    return isinstance(op, FullyConnected) and not op.per_channel


@once_a_graph
def graph_constants(graph: Graph) -> tuple[NodeConstants, ...]:
    """Return the constants of each node."""
    return tuple(of_each(CONSTANTS, graph, QUANTITY))


def constant_bytes(graph: Graph) -> int:
    """Return the bytes of all constant buffers that the ops of the `.tflite` will read."""
    constants = graph_constants(graph)
    weights = sum([weight_bytes + 4 * channels for weight_bytes, channels, _, _ in constants])
    return weights + 4 * sum(map(len, {c.parameter for c in constants}))


def _conv(op: Conv2D, source: Shape, target: Shape) -> NodeConstants:
    return NodeConstants(op.filters * prod(op.kernel) * source[2], op.filters)


def _depthwise(op: DepthwiseConv2D, source: Shape, target: Shape) -> NodeConstants:
    channels = source[2] * op.multiplier
    return NodeConstants(prod(op.kernel) * channels, channels)


def _fully_connected(op: FullyConnected, source: Shape, target: Shape) -> NodeConstants:
    return NodeConstants(op.units * prod(source), op.units)


def _mean(op: Mean, source: Shape, target: Shape) -> NodeConstants:
    return NodeConstants(parameter=tuple(axis + 1 for axis in op.axes))


def _reshape(op: Reshape, source: Shape, target: Shape) -> NodeConstants:
    return NodeConstants(parameter=(1, *op.shape))


def _pad(op: Pad, source: Shape, target: Shape) -> NodeConstants:
    pairs = zip((0, *op.before), (0, *op.after), strict=True)
    return NodeConstants(parameter=tuple(side for pair in pairs for side in pair))


def _table(op: Op, source: Shape, target: Shape) -> NodeConstants:
    """Return what lookup_s8.c reads: the outputs of all inputs; no buffer of the `.tflite`."""
    return NodeConstants(table_bytes=LOOKUP_BYTES)


def _none(op: Op, source: Shape, target: Shape) -> NodeConstants:
    return NodeConstants()


CONSTANTS: Mapping[type[Op], Callable[[Any, Shape, Shape], NodeConstants]] = {
    Conv2D: _conv,
    DepthwiseConv2D: _depthwise,
    FullyConnected: _fully_connected,
    AveragePool2D: _none,
    MaxPool2D: _none,
    Mean: _mean,
    Add: _none,
    Reshape: _reshape,
    Softmax: _none,
    Pad: _pad,
    Logistic: _table,
    Relu: _table,
    Requantize: _table,
    Quantize: _none,
    Dequantize: _none,
}
