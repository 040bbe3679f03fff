"""The ops of a network as it runs on a device: TFLite's, after fusion, with their shape rules.

Shapes are without the batch (always 1), channels last: ``(height, width, channels)`` for images of
features (height is time), ``(features,)`` after the head. Activation and batch norm are folded.
"""

from dataclasses import dataclass, field
from enum import Enum
from math import prod
from typing import Any

from nas.graph.counts import Counted
from nas.graph.windows import (
    Padding,
    Pads,
    Pair,
    Side,
    same_padding,
    window_output,
)

__all__ = [
    "Activation",
    "Add",
    "AveragePool2D",
    "Conv2D",
    "DepthwiseConv2D",
    "Dequantize",
    "FullyConnected",
    "Logistic",
    "MaxPool2D",
    "Mean",
    "Op",
    "Pad",
    "Padding",
    "Pads",
    "Quantize",
    "Relu",
    "Requantize",
    "Reshape",
    "Shape",
    "Side",
    "Softmax",
    "same_padding",
    "window_output",
]

Shape = tuple[int, ...]


class Activation(Enum):
    """Activations that TFLite folds into the op before them."""

    NONE = "none"
    RELU = "relu"
    RELU6 = "relu6"
    RELU_N1_TO_1 = "relu_n1_to_1"


@dataclass(frozen=True)
class _Windowed:
    def _spatial(self, shape: Shape, kernel: Pair, stride: Pair, dilation: Pair) -> Pair:
        padding: Padding | Pads = getattr(self, "padding")  # noqa: B009
        if padding is Padding.SAME:
            height, width = -(-shape[0] // stride[0]), -(-shape[1] // stride[1])
        else:
            rows, columns = padding.along(0), padding.along(1)
            height = window_output(shape[0], kernel[0], stride[0], dilation[0], rows)
            width = window_output(shape[1], kernel[1], stride[1], dilation[1], columns)
        if height < 1 or width < 1:
            raise ValueError(f"{type(self).__name__}: kernel {kernel} does not fit input {shape}")
        return height, width


Axis = tuple[int, int, int, int, Side]
"""Size of the input, kernel, stride, dilation and padding along one axis."""


@dataclass(frozen=True)
class _Convolution(Counted, _Windowed):
    def axis(self, source: Shape, axis: int) -> Axis:
        """Return what the window meets along axis 0 (rows) or 1 (columns) of `source`."""
        op: Any = self
        padding = op.padding.along(axis)
        return source[axis], op.kernel[axis], op.stride[axis], op.dilation[axis], padding


@dataclass(frozen=True)
class Conv2D(_Convolution):
    """2-D convolution; a Conv1D is a Conv2D with kernel (k, 1) over (time, 1, channels)."""

    filters: int
    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding | Pads = Padding.SAME
    activation: Activation = Activation.NONE

    def output(self, *shapes: Shape) -> Shape:
        """Return the output shape (out_height, out_width, filters)."""
        (shape,) = shapes
        return (*self._spatial(shape, self.kernel, self.stride, self.dilation), self.filters)


@dataclass(frozen=True)
class DepthwiseConv2D(_Convolution):
    """One filter (or `multiplier` filters) a channel."""

    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    multiplier: int = 1
    padding: Padding | Pads = Padding.SAME
    activation: Activation = Activation.NONE

    def output(self, *shapes: Shape) -> Shape:
        """Return the output shape (out_height, out_width, channels x multiplier)."""
        (shape,) = shapes
        spatial = self._spatial(shape, self.kernel, self.stride, self.dilation)
        return (*spatial, shape[2] * self.multiplier)


@dataclass(frozen=True)
class _Pool(_Windowed):
    pool: Pair
    stride: Pair
    padding: Padding = Padding.VALID
    activation: Activation = Activation.NONE

    def output(self, *shapes: Shape) -> Shape:
        """Return the output shape (out_height, out_width, channels)."""
        (shape,) = shapes
        return (*self._spatial(shape, self.pool, self.stride, (1, 1)), shape[2])


@dataclass(frozen=True)
class AveragePool2D(_Pool):
    """Average over a window; padded elements are not counted."""


@dataclass(frozen=True)
class MaxPool2D(_Pool):
    """Maximum over a window."""


@dataclass(frozen=True)
class Mean:
    """Mean over axes of the shape but the last; by default global average pooling to (c,).

    Attributes:
        axes: rising, counted without the batch: 0 is height of (h, w, c), and time of (t, c).
        keep_dims: leave them as sizes of 1.
    """

    axes: tuple[int, ...] = (0, 1)
    keep_dims: bool = False

    def output(self, *shapes: Shape) -> Shape:
        """Return the shape without the axes, or with 1 in their place."""
        (shape,) = shapes
        if not self.axes or not all(0 <= axis < len(shape) - 1 for axis in self.axes):
            raise ValueError(f"Mean: axes {self.axes} of {shape}; all but the last are averaged")
        sizes = [(1 if i in self.axes else size, i in self.axes) for i, size in enumerate(shape)]
        return tuple(size for size, gone in sizes if self.keep_dims or not gone)


@dataclass(frozen=True)
class FullyConnected(Counted):
    """Matrix product over all elements of the input.

    Attributes:
        units: elements of the output.
        activation: folded into it.
        per_channel: each unit's weights have a scale of their own, as post-training quantization
            gives them; what we train has one.
    """

    units: int
    activation: Activation = Activation.NONE
    per_channel: bool = field(default=False, repr=False)  # tables name cases that they measured

    def output(self, *shapes: Shape) -> Shape:
        """Return (units,)."""
        return (self.units,)


@dataclass(frozen=True)
class Add:
    """Element-wise sum of two tensors of one shape."""

    activation: Activation = Activation.NONE

    def output(self, *shapes: Shape) -> Shape:
        """Return the shape of both inputs."""
        first, second = shapes
        if first != second:
            raise ValueError(f"Add: shapes {first} and {second} differ")
        return first


@dataclass(frozen=True)
class Reshape:
    """The same bytes under another shape."""

    shape: Shape

    def output(self, *shapes: Shape) -> Shape:
        """Return the new shape."""
        (shape,) = shapes
        if prod(shape) != prod(self.shape):
            raise ValueError(f"Reshape: {shape} has not the elements of {self.shape}")
        return self.shape


@dataclass(frozen=True)
class Softmax:
    """Softmax over the last axis; int8 output has scale 1/256 and zero point -128."""

    beta: float = 1.0

    def output(self, *shapes: Shape) -> Shape:
        """Return the input's shape."""
        (shape,) = shapes
        return shape


@dataclass(frozen=True)
class Pad:
    """Zero points put around each axis.

    Attributes:
        before: elements before the first, one an axis (without the batch).
        after: elements after the last.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]

    def output(self, *shapes: Shape) -> Shape:
        """Return the larger shape."""
        (shape,) = shapes
        around = (*self.before, *self.after)
        if not len(shape) == len(self.before) == len(self.after) or min(around) < 0:
            raise ValueError(f"Pad: {self.before} and {self.after} do not suit {shape}")
        return tuple(map(sum, zip(shape, self.before, self.after, strict=True)))


@dataclass(frozen=True)
class _Elementwise:
    def output(self, *shapes: Shape) -> Shape:
        """Return the input's shape."""
        (shape,) = shapes
        return shape


@dataclass(frozen=True)
class Logistic(_Elementwise):
    """1 / (1 + exp(-x)); int8 output has scale 1/256 and zero point -128."""


@dataclass(frozen=True)
class Relu(_Elementwise):
    """An activation that stands alone; input and output may differ in scale."""

    activation: Activation = Activation.RELU


@dataclass(frozen=True)
class Requantize(_Elementwise):
    """The same real values in another int8 scale."""


@dataclass(frozen=True)
class Quantize(_Elementwise):
    """float32 to int8, at the input."""


@dataclass(frozen=True)
class Dequantize(_Elementwise):
    """int8 to float32, at the output."""


Op = (
    Conv2D
    | DepthwiseConv2D
    | AveragePool2D
    | MaxPool2D
    | Mean
    | FullyConnected
    | Add
    | Reshape
    | Softmax
    | Pad
    | Logistic
    | Relu
    | Requantize
    | Quantize
    | Dequantize
)
