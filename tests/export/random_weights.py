"""A graph with random weights and scales: a network to write and run, without any training."""

from math import prod

import numpy as np

from nas.graph.graph import Graph, Node
from nas.graph.ops import (
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Reshape,
    Softmax,
)
from nas.graph.quantized import Constants, Quantization, QuantizedGraph

SAME_SCALE = (AveragePool2D, MaxPool2D, Reshape)


def random_network(graph: Graph, seed: int = 0) -> QuantizedGraph:
    rng = np.random.default_rng(seed)
    quantization = [Quantization(1 / 32, 0)] * len(graph.tensors)
    constants = {}
    for node in graph.nodes:
        scale, zero_point = float(np.float32(rng.uniform(0.02, 0.2))), int(rng.integers(-128, 20))
        quantization[node.output] = Quantization(scale, zero_point)
        if isinstance(node.op, SAME_SCALE):
            quantization[node.output] = quantization[node.inputs[0]]
        if isinstance(node.op, Softmax):
            quantization[node.output] = Quantization(1 / 256, -128)
        shape, channels = weights_shape(graph, node)
        if shape:
            constants[node.name] = weights(rng, node, shape, channels)
    return QuantizedGraph(graph, tuple(quantization), constants)


def weights(rng, node: Node, shape: tuple[int, ...], channels: int) -> Constants:
    scales = rng.uniform(1e-3, 5e-3, channels).astype(np.float32)
    if isinstance(node.op, FullyConnected) and not node.op.per_channel:
        scales[:] = scales[0]
    return Constants(
        rng.integers(-127, 128, shape).astype(np.int8),
        scales,
        rng.integers(-500, 500, channels).astype(np.int32),
    )


def weights_shape(graph: Graph, node: Node) -> tuple[tuple[int, ...], int]:
    (source, *_) = graph.input_shapes(node)
    match node.op:
        case Conv2D(filters=filters, kernel=kernel):
            return (filters, *kernel, source[2]), filters
        case DepthwiseConv2D(kernel=kernel, multiplier=multiplier):
            return (1, *kernel, source[2] * multiplier), source[2] * multiplier
        case FullyConnected(units=units):
            return (units, prod(source)), units
    return (), 0
