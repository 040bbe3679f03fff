"""Multiply-accumulates of the network for one inference.

Counted as MLPerf Tiny's and others' tables do: products with weights; padded elements count;
additions, pooling and softmax multiply nothing by a weight and count none.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from nas.cost.by_op import entry, of_each
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

__all__ = ["macs", "node_macs"]

QUANTITY = "count of multiply-accumulates"


def macs(graph: Graph) -> int:
    """Return the multiply-accumulates of one inference."""
    return sum(of_each(MACS, graph, QUANTITY))


def node_macs(graph: Graph, node: Node) -> int:
    """Return the multiply-accumulates of one node."""
    count = entry(MACS, node, QUANTITY)
    return count(node.op, graph.tensors[node.inputs[0]].shape, graph.tensors[node.output].shape)


def _conv(op: Conv2D, source: Shape, target: Shape) -> int:
    return prod(target) * prod(op.kernel) * source[2]


def _depthwise(op: DepthwiseConv2D, source: Shape, target: Shape) -> int:
    return prod(target) * prod(op.kernel)


def _fully_connected(op: FullyConnected, source: Shape, target: Shape) -> int:
    return prod(source) * op.units


def _none(op: Op, source: Shape, target: Shape) -> int:
    return 0


MACS: Mapping[type[Op], Callable[[Any, Shape, Shape], int]] = {
    Conv2D: _conv,
    DepthwiseConv2D: _depthwise,
    FullyConnected: _fully_connected,
    AveragePool2D: _none,
    MaxPool2D: _none,
    Mean: _none,
    Add: _none,
    Reshape: _none,
    Softmax: _none,
    Pad: _none,
    Logistic: _none,
    Relu: _none,
    Requantize: _none,
    Quantize: _none,
    Dequantize: _none,
}
