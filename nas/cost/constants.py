"""Bytes of the constants that ops read, as the converter writes them, each buffer once.

Weights are int8. Each op with weights has an int32 bias an output channel: the converter writes
one even where Keras had none, since batch norm folds into it. Reshape reads its new shape with the
batch (int32), Mean its two axes; equal ones are one buffer.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

from nas.cost.by_op import entry
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

__all__ = ["LOOKUP_BYTES", "NodeConstants", "constant_bytes", "node_constants"]

LOOKUP_BYTES = 256


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
    count = entry(CONSTANTS, node, "count of constants")
    return count(node.op, graph.tensors[node.inputs[0]].shape)


def constant_bytes(graph: Graph) -> int:
    """Return the bytes of all constant buffers that the ops of the `.tflite` will read."""
    constants = [node_constants(graph, node) for node in graph.nodes]
    weights = sum(c.weight_bytes + 4 * c.channels for c in constants)
    return weights + sum(4 * len(parameter) for parameter in {c.parameter for c in constants})


def _conv(op: Conv2D, source: Shape) -> NodeConstants:
    return NodeConstants(op.filters * prod(op.kernel) * source[2], op.filters)


def _depthwise(op: DepthwiseConv2D, source: Shape) -> NodeConstants:
    channels = source[2] * op.multiplier
    return NodeConstants(prod(op.kernel) * channels, channels)


def _fully_connected(op: FullyConnected, source: Shape) -> NodeConstants:
    return NodeConstants(op.units * prod(source), op.units)


def _mean(op: Mean, source: Shape) -> NodeConstants:
    return NodeConstants(parameter=tuple(axis + 1 for axis in op.axes))


def _reshape(op: Reshape, source: Shape) -> NodeConstants:
    return NodeConstants(parameter=(1, *op.shape))


def _pad(op: Pad, source: Shape) -> NodeConstants:
    pairs = zip((0, *op.before), (0, *op.after), strict=True)
    return NodeConstants(parameter=tuple(side for pair in pairs for side in pair))


def _table(op: Op, source: Shape) -> NodeConstants:
    """Return what lookup_s8.c reads: the outputs of all inputs; no buffer of the `.tflite`."""
    return NodeConstants(table_bytes=LOOKUP_BYTES)


def _none(op: Op, source: Shape) -> NodeConstants:
    return NodeConstants()


CONSTANTS: Mapping[type[Op], Callable[[Any, Shape], NodeConstants]] = {
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
