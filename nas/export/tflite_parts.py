"""A quantized graph as what a `.tflite` lists: tensors, and operators that name them by index.

Tensors stand in this order: the activations as in the graph, then node by node its weights and
bias, or the integers that describe it (a shape, axes), which equal nodes share. Names are the
graph's: ``stem``, ``stem/weights``, ``stem/bias``, ``head_flatten/shape``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.graph.graph import Node
from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected, Mean, Reshape
from nas.graph.quantized import Constants, Quantization, QuantizedGraph

__all__ = ["FileOperator", "FileParts", "FileTensor", "file_parts"]

CHANNEL_AXIS: Mapping[type[Any], int] = {Conv2D: 0, DepthwiseConv2D: 3, FullyConnected: 0}


@dataclass(frozen=True, eq=False)
class FileTensor:
    """One tensor of the file.

    Attributes:
        shape: with the batch where it is an activation.
        data: int8 or int32 constants; None for an activation.
        scales: float32 (n,): one, or one a channel along `axis`; None where it has none.
        zero_point: of an activation; constants have 0.
    """

    name: str
    shape: tuple[int, ...]
    data: NDArray[Any] | None = None
    scales: NDArray[np.float32] | None = None
    zero_point: int = 0
    axis: int = 0


@dataclass(frozen=True)
class FileOperator:
    """One node and the tensors of the file that it reads; it writes one."""

    node: Node
    inputs: tuple[int, ...]
    output: int


@dataclass
class FileParts:
    """Tensors, operators in execution order, and which tensors enter and leave."""

    input: int
    output: int
    tensors: list[FileTensor] = field(default_factory=list)
    operators: list[FileOperator] = field(default_factory=list)


def file_parts(network: QuantizedGraph) -> FileParts:
    """Return what the file of `network` lists."""
    graph = network.graph
    parts = FileParts(graph.input, graph.output)
    for tensor, quantization in zip(graph.tensors, network.quantization, strict=True):
        parts.tensors.append(_activation(tensor.name, (1, *tensor.shape), quantization))
    shared: dict[tuple[int, ...], int] = {}
    for node in graph.nodes:
        if node.name in network.constants:
            indices = _append(parts, _weighted(network, node))
        else:
            indices = _described(parts, node, shared)
        parts.operators.append(FileOperator(node, (*node.inputs, *indices), node.output))
    return parts


def _activation(name: str, shape: tuple[int, ...], quantization: Quantization) -> FileTensor:
    scales = np.array([quantization.scale], np.float32)
    return FileTensor(name, shape, scales=scales, zero_point=quantization.zero_point)


def _append(parts: FileParts, tensors: Iterator[FileTensor]) -> tuple[int, ...]:
    first = len(parts.tensors)
    parts.tensors.extend(tensors)
    return tuple(range(first, len(parts.tensors)))


def _weighted(network: QuantizedGraph, node: Node) -> Iterator[FileTensor]:
    """Yield weights and bias; a bias has the scale input x weights (TFLite's specification).

    The converter leaves out a bias that is all zeros; it is written here, so that the length of
    the file is known before training.
    """
    constants = network.constants[node.name]
    scales, weights = _stored_scales(node, constants), constants.weights
    axis = CHANNEL_AXIS[type(node.op)]
    yield FileTensor(f"{node.name}/weights", weights.shape, weights, scales, axis=axis)
    bias = np.zeros(len(constants.scales), np.int32) if constants.bias is None else constants.bias
    products = np.float32(network.quantization[node.inputs[0]].scale) * scales
    yield FileTensor(f"{node.name}/bias", bias.shape, bias, products.astype(np.float32))


def _stored_scales(node: Node, constants: Constants) -> NDArray[np.float32]:
    """Return one scale for a fully connected node whose channels share it, else one a channel."""
    one = isinstance(node.op, FullyConnected) and bool(
        np.all(constants.scales[0] == constants.scales)
    )
    return constants.scales[:1] if one else constants.scales


def _described(
    parts: FileParts, node: Node, shared: dict[tuple[int, ...], int]
) -> tuple[int, ...]:
    """Return the index of the integers that describe `node`, of which equal nodes share one."""
    match node.op:
        case Reshape(shape=shape):
            values, name = (1, *shape), f"{node.name}/shape"
        case Mean(axes=axes):
            values, name = tuple(axis + 1 for axis in axes), f"{node.name}/axes"
        case _:
            return ()
    if values not in shared:
        shared[values] = len(parts.tensors)
        parts.tensors.append(FileTensor(name, (len(values),), np.array(values, np.int32)))
    return (shared[values],)
