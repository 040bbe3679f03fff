"""A network in NumPy's integers: what the C computes, from the formulas and not from the C.

It stands in where neither LiteRT nor TensorFlow Lite Micro runs a file, and it is slow. Tensors
are int64 arrays [shape=(n, *shape of the tensor)] of n inputs at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import UnsupportedOpError
from nas.export import requantize
from nas.export.lookup import lookup_table
from nas.export.requantize import Scale
from nas.export.twin_softmax import softmax_rows
from nas.graph.graph import Node
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Pad,
    Relu,
    Requantize,
    Reshape,
    Softmax,
    same_padding,
)
from nas.graph.quantized import Constants, Quantization, QuantizedGraph

__all__ = ["Twin"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Twin:
    """A network to run; floats at its ends are left out (`nas.graph.fold`)."""

    network: QuantizedGraph

    def predict(self, inputs: NDArray[np.int8]) -> NDArray[np.int8]:
        """Return the int8 outputs [shape=(n, elements)] of `inputs` [shape=(n, ...)]."""
        graph = self.network.graph
        shape = graph.tensors[graph.input].shape
        tensors = {graph.input: inputs.astype(np.int64).reshape(len(inputs), *shape)}
        for node in graph.nodes:
            made = _run(_Step(self.network, node, [tensors[t] for t in node.inputs]))
            tensors[node.output] = made.reshape(len(inputs), *graph.output_shape(node))
        return tensors[graph.output].reshape(len(inputs), -1).astype(np.int8)


@dataclass(frozen=True, eq=False)
class _Step:
    """One node with the values that it reads."""

    network: QuantizedGraph
    node: Node
    values: list[Ints]

    @property
    def op(self) -> Any:
        return self.node.op

    @property
    def sources(self) -> tuple[Quantization, ...]:
        return tuple(self.network.quantization[t] for t in self.node.inputs)

    @property
    def target(self) -> Quantization:
        return self.network.quantization[self.node.output]

    @property
    def constants(self) -> Constants:
        return self.network.constants[self.node.name]

    @property
    def centred(self) -> Ints:
        """The first input less its zero point."""
        return self.values[0] - self.sources[0].zero_point

    def clamped(self, values: Ints) -> Ints:
        """Return `values` with the zero point of the output, within its activation's bounds."""
        kind = getattr(self.op, "activation", Activation.NONE)
        low, high = requantize.activation_range(kind, self.target)
        return np.clip(values + self.target.zero_point, low, high)


def _run(step: _Step) -> Ints:
    function = STEPS.get(type(step.op))
    if function is None:
        raise UnsupportedOpError(f"{step.node.name}: {type(step.op).__name__} has no NumPy twin")
    return function(step)


def _rescaled(values: Ints, scales: list[Scale]) -> Ints:
    """Return `values` times one scale a channel (or one for all), rounded twice."""
    multiplier = np.array([scale.multiplier for scale in scales], np.int64)
    shift = np.array([scale.shift for scale in scales], np.int64)
    left, right = np.maximum(shift, 0), np.maximum(-shift, 0)
    high = ((values << left) * multiplier + (1 << 30)) >> 31
    mask = (np.int64(1) << right) - 1
    return (high >> right) + ((high & mask) > (mask >> 1) + (high < 0))


def _rescaled_once(values: Ints, scales: list[Scale]) -> Ints:
    """Return `values` times one scale a channel, rounded once, halves away from zero."""
    multiplier = np.array([scale.multiplier for scale in scales], np.int64)
    bits = 31 - np.array([scale.shift for scale in scales], np.int64)
    product = values * multiplier
    size = (np.abs(product) + (np.int64(1) << (bits - 1))) >> bits
    return np.asarray(np.sign(product) * size, np.int64)


def _channel_scales(step: _Step) -> list[Scale]:
    return requantize.channel_scales(step.sources[0], step.constants.scales, step.target)


def _bias(step: _Step) -> Any:
    bias = step.constants.bias
    return 0 if bias is None else bias.astype(np.int64)


def _window(step: _Step, values: Ints, kernel: tuple[int, int], fill: int) -> list[list[Ints]]:
    """Return for each tap (row, column) what it reads for all output pixels; outside is `fill`."""
    op, (height, width, _) = step.op, step.network.graph.output_shape(step.node)
    dilation = getattr(op, "dilation", (1, 1))
    around = []
    for axis, outputs in ((0, height), (1, width)):
        size, tap, stride, gap = (
            values.shape[axis + 1],
            kernel[axis],
            op.stride[axis],
            dilation[axis],
        )
        before = same_padding(size, tap, stride, gap, op.padding.along(axis))
        after = (outputs - 1) * stride + (tap - 1) * gap + 1 - size - before
        around.append((before, max(0, after)))
    padded = np.pad(values, [(0, 0), *around, (0, 0)], constant_values=fill)
    (down, across), (deep, wide) = op.stride, dilation
    return [
        [
            padded[:, y * deep :: down, x * wide :: across][:, :height, :width]
            for x in range(kernel[1])
        ]
        for y in range(kernel[0])
    ]


def _conv(step: _Step) -> Ints:
    weights = step.constants.weights.astype(np.int64)
    taps = _window(step, step.centred, step.op.kernel, 0)
    total = sum(
        taps[y][x] @ weights[:, y, x, :].T
        for y in range(weights.shape[1])
        for x in range(weights.shape[2])
    )
    return step.clamped(_rescaled(total + _bias(step), _channel_scales(step)))


def _depthwise(step: _Step) -> Ints:
    weights = step.constants.weights.astype(np.int64)[0]
    taps = _window(step, step.centred.repeat(step.op.multiplier, axis=-1), step.op.kernel, 0)
    total = sum(
        taps[y][x] * weights[y, x]
        for y in range(weights.shape[0])
        for x in range(weights.shape[1])
    )
    return step.clamped(_rescaled(total + _bias(step), _channel_scales(step)))


def _fully_connected(step: _Step) -> Ints:
    flat = step.centred.reshape(len(step.values[0]), -1)
    total = flat @ step.constants.weights.astype(np.int64).T + _bias(step)
    return step.clamped(_rescaled_once(total, _channel_scales(step)))


def _average_pool(step: _Step) -> Ints:
    values = step.values[0]
    total = sum(tap for row in _window(step, values, step.op.pool, 0) for tap in row)
    ones = _window(step, np.ones_like(values), step.op.pool, 0)
    count = sum(tap for row in ones for tap in row)
    half = np.where(total > 0, count // 2, -(count // 2))
    return _bounded(step, np.asarray(np.sign(total) * (np.abs(total + half) // count), np.int64))


def _max_pool(step: _Step) -> Ints:
    taps = [tap for row in _window(step, step.values[0], step.op.pool, -128) for tap in row]
    return _bounded(step, np.maximum.reduce(taps))


def _bounded(step: _Step, values: Ints) -> Ints:
    low, high = requantize.activation_range(step.op.activation, step.target)
    return np.clip(values, low, high)


def _mean(step: _Step) -> Ints:
    shape = step.network.graph.input_shapes(step.node)[0]
    count = prod(shape[axis] for axis in step.op.axes)
    total = step.centred.sum(axis=tuple(axis + 1 for axis in step.op.axes))
    scale = requantize.mean_scale(step.sources[0], step.target, count)
    return step.clamped(_rescaled(total, [scale]))


def _add(step: _Step) -> Ints:
    *each, output = requantize.add_scales(step.sources, step.target)
    total = sum(
        _rescaled((value - source.zero_point) << requantize.ADD_LEFT_SHIFT, [scale])
        for value, source, scale in zip(step.values, step.sources, each, strict=True)
    )
    return step.clamped(_rescaled(np.asarray(total), [output]))


def _softmax(step: _Step) -> Ints:
    scale = requantize.softmax_scale(step.sources[0], step.op.beta)
    rows = step.values[0].reshape(-1, step.values[0].shape[-1])
    return softmax_rows(rows, scale)


def _looked_up(step: _Step) -> Ints:
    table = lookup_table(step.op, step.sources[0], step.target).astype(np.int64)
    return table[step.values[0] + 128]


def _pad(step: _Step) -> Ints:
    around = [(0, 0), *zip(step.op.before, step.op.after, strict=True)]
    return np.pad(step.values[0], around, constant_values=step.target.zero_point)


def _same(step: _Step) -> Ints:
    return step.values[0]


STEPS: Mapping[type, Callable[[_Step], Ints]] = {
    Conv2D: _conv,
    DepthwiseConv2D: _depthwise,
    FullyConnected: _fully_connected,
    AveragePool2D: _average_pool,
    MaxPool2D: _max_pool,
    Mean: _mean,
    Add: _add,
    Softmax: _softmax,
    Reshape: _same,
    Pad: _pad,
    Logistic: _looked_up,
    Relu: _looked_up,
    Requantize: _looked_up,
}
