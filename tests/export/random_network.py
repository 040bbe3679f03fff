"""A graph as a `.tflite` with random weights, without TensorFlow.

Weights get smaller with the number of taps, so that values neither vanish nor stick at the bounds.
"""

from math import prod, sqrt

import numpy as np

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
from tests.export.flat import Flat

ACTIVATION = {Activation.NONE: 0, Activation.RELU: 1, Activation.RELU6: 3}
PADDING = {Padding.SAME: 0, Padding.VALID: 1}
WEIGHT_DEVIATION = 73  # of uniform values from -127 to 127


def content(graph, seed):
    """Return the file; nodes and tensors in the order of `graph`."""
    rng, flat = np.random.default_rng(seed), Flat()
    scales = {graph.input: (0.03, int(rng.integers(-20, 20)))}
    tensors = {graph.input: _tensor(flat, graph, graph.input, scales[graph.input])}
    for node in graph.nodes:
        scales[node.output] = _scale(graph, node, [scales[t] for t in node.inputs], rng)
        tensors[node.output] = _tensor(flat, graph, node.output, scales[node.output])
        inputs = [tensors[t] for t in node.inputs]
        _op(flat, graph, node, inputs, tensors[node.output], scales[node.inputs[0]][0], rng)
    return flat.content([tensors[graph.input]], [tensors[graph.output]])


def _tensor(flat, graph, tensor, quantization):
    shape = (1, *graph.tensors[tensor].shape)
    return flat.tensor(shape, scale=quantization[0], zero_point=quantization[1])


def _scale(graph, node, inputs, rng):
    scale, zero_point = inputs[0]
    if isinstance(node.op, Softmax):
        return 1 / 256, -128
    if isinstance(node.op, Add):
        return 1.3 * max(scale for scale, _ in inputs), int(rng.integers(-40, 40))
    if isinstance(node.op, Mean):
        return scale / 8, zero_point
    if isinstance(node.op, Reshape | AveragePool2D | MaxPool2D):
        return scale, zero_point
    relu = node.op.activation is not Activation.NONE
    return 0.7 * scale, -128 if relu else int(rng.integers(-20, 20))


def _filter_shape(graph, node):
    source = graph.input_shapes(node)[0]
    if isinstance(node.op, Conv2D):
        return (node.op.filters, *node.op.kernel, source[2])
    if isinstance(node.op, DepthwiseConv2D):
        return (1, *node.op.kernel, source[2] * node.op.multiplier)
    return (node.op.units, prod(source))


def _op(flat, graph, node, inputs, output, in_scale, rng):
    op = node.op
    if isinstance(op, Conv2D | DepthwiseConv2D | FullyConnected):
        inputs = [*inputs, *_weights(flat, graph, node, in_scale, rng)]
    fused = {"fusedActivationFunction": ACTIVATION[getattr(op, "activation", Activation.NONE)]}
    if isinstance(op, Conv2D):
        flat.op("CONV_2D", inputs, output, "Conv2DOptions", **_window(op), **fused)
    elif isinstance(op, DepthwiseConv2D):
        values = {**_window(op), **fused, "depthMultiplier": op.multiplier}
        flat.op("DEPTHWISE_CONV_2D", inputs, output, "DepthwiseConv2DOptions", **values)
    elif isinstance(op, FullyConnected):
        flat.op("FULLY_CONNECTED", inputs, output, "FullyConnectedOptions", **fused)
    elif isinstance(op, AveragePool2D | MaxPool2D):
        name = "AVERAGE_POOL_2D" if isinstance(op, AveragePool2D) else "MAX_POOL_2D"
        pool = {"filterHeight": op.pool[0], "filterWidth": op.pool[1]}
        flat.op(name, inputs, output, "Pool2DOptions", **_stride(op), **pool)
    elif isinstance(op, Add):
        flat.op("ADD", inputs, output, "AddOptions", **fused)
    elif isinstance(op, Mean):
        axes = flat.tensor((2,), data=np.array([1, 2], np.int32))
        flat.op("MEAN", (*inputs, axes), output, "ReducerOptions", keepDims=False)
    elif isinstance(op, Reshape):
        shape = flat.tensor((len(op.shape) + 1,), data=np.array([1, *op.shape], np.int32))
        values = {"newShape": [1, *op.shape]}
        flat.op("RESHAPE", (*inputs, shape), output, "ReshapeOptions", **values)
    else:
        flat.op("SOFTMAX", inputs, output, "SoftmaxOptions", beta=op.beta)


def _stride(op):
    return {"padding": PADDING[op.padding], "strideH": op.stride[0], "strideW": op.stride[1]}


def _window(op):
    height, width = op.dilation
    return {**_stride(op), "dilationHFactor": height, "dilationWFactor": width}


def _weights(flat, graph, node, in_scale, rng):
    shape = _filter_shape(graph, node)
    axis = 3 if isinstance(node.op, DepthwiseConv2D) else 0
    outputs = shape[axis]
    taps = prod(shape[1:3] if axis == 3 else shape[1:])
    deviation = rng.uniform(0.7, 1.3, outputs) / sqrt(taps)
    scale = (deviation / WEIGHT_DEVIATION).astype(np.float32)
    filter_ = flat.tensor(
        shape, scale=scale, data=rng.integers(-127, 128, shape).astype(np.int8), axis=axis
    )
    bias = rng.integers(-500, 500, outputs).astype(np.int32)
    return filter_, flat.tensor((outputs,), scale=scale * np.float32(in_scale), data=bias)
