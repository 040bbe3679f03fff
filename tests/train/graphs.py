"""Graphs that between them hold every op."""

from math import prod

from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Padding,
    Reshape,
    Softmax,
)

RELU, RELU6 = Activation.RELU, Activation.RELU6


def every_op() -> Graph:
    """Residual sum without activation, both poolings, flattening, a hidden dense layer."""
    builder = GraphBuilder((20, 8, 1))
    tensor = builder.add(Conv2D(8, (3, 3), (2, 1), activation=RELU6), builder.input)
    skip = builder.add(AveragePool2D((2, 2), (2, 2)), tensor)
    tensor = builder.add(DepthwiseConv2D((3, 3), activation=RELU), skip)
    tensor = builder.add(Conv2D(8, (1, 1)), tensor)
    tensor = builder.add(Add(), skip, tensor)
    tensor = builder.add(MaxPool2D((2, 2), (2, 2)), tensor)
    tensor = builder.add(Reshape((prod(builder.shape(tensor)),)), tensor)
    tensor = builder.add(FullyConnected(6, RELU), tensor)
    return _finished(builder, tensor)


def one_dimensional() -> Graph:
    """Time only: (k, 1) kernels, dilation, no padding, a sum with activation, mean."""
    builder = GraphBuilder((40, 1, 8))
    tensor = builder.add(Conv2D(8, (5, 1), (2, 1), activation=RELU), builder.input)
    skip = builder.add(Conv2D(8, (3, 1), (1, 1), (2, 1), activation=RELU), tensor)
    tensor = builder.add(Conv2D(8, (3, 1)), skip)
    tensor = builder.add(Add(activation=RELU), skip, tensor)
    tensor = builder.add(Conv2D(12, (3, 1), padding=Padding.VALID, activation=RELU), tensor)
    tensor = builder.add(MaxPool2D((2, 1), (2, 1)), tensor)
    return _finished(builder, builder.add(Mean(), tensor))


def depthwise() -> Graph:
    """Depthwise convolutions of unequal stride and of multiplier 2."""
    builder = GraphBuilder((24, 10, 1))
    tensor = builder.add(Conv2D(6, (5, 3), (2, 2), activation=RELU), builder.input)
    tensor = builder.add(DepthwiseConv2D((3, 3), (2, 1), activation=RELU), tensor)
    tensor = builder.add(Conv2D(8, (1, 1), activation=RELU), tensor)
    tensor = builder.add(DepthwiseConv2D((3, 3), multiplier=2, activation=RELU), tensor)
    tensor = builder.add(AveragePool2D((2, 2), (2, 2), Padding.SAME), tensor)
    return _finished(builder, builder.add(Mean(), tensor))


def _finished(builder: GraphBuilder, tensor: int) -> Graph:
    return builder.build(builder.add(Softmax(), builder.add(FullyConnected(4), tensor)))
