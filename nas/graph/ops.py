"""The ops of a network as it runs on a device: TFLite's, after fusion, with their shape rules.

Shapes are without the batch (always 1), channels last: ``(height, width, channels)`` for images of
features (height is time), ``(features,)`` after the head. Activation and batch norm are folded.
"""

from dataclasses import dataclass
from enum import Enum
from math import prod

__all__ = [
    "Activation",
    "Add",
    "AveragePool2D",
    "Conv2D",
    "DepthwiseConv2D",
    "FullyConnected",
    "MaxPool2D",
    "Mean",
    "Op",
    "Padding",
    "Reshape",
    "Shape",
    "Softmax",
    "same_padding",
    "window_output",
]

Shape = tuple[int, ...]
Pair = tuple[int, int]


class Padding(Enum):
    """TensorFlow's padding modes."""

    SAME = "same"
    VALID = "valid"


class Activation(Enum):
    """Activations that TFLite folds into the op before them."""

    NONE = "none"
    RELU = "relu"
    RELU6 = "relu6"


def window_output(size: int, kernel: int, stride: int, dilation: int, padding: Padding) -> int:
    """Return the output length of a sliding window along one axis (TensorFlow's rule)."""
    if padding is Padding.SAME:
        return -(-size // stride)
    extent = (kernel - 1) * dilation + 1
    return -(-(size - extent + 1) // stride)


def same_padding(size: int, kernel: int, stride: int, dilation: int, padding: Padding) -> int:
    """Return the zeros put before the first element along one axis; the rest goes after."""
    if padding is Padding.VALID:
        return 0
    extent = (kernel - 1) * dilation + 1
    out = window_output(size, kernel, stride, dilation, padding)
    return max(0, (out - 1) * stride + extent - size) // 2


@dataclass(frozen=True)
class _Windowed:
    def _spatial(self, shape: Shape, kernel: Pair, stride: Pair, dilation: Pair) -> Pair:
        padding: Padding = getattr(self, "padding")  # noqa: B009
        height = window_output(shape[0], kernel[0], stride[0], dilation[0], padding)
        width = window_output(shape[1], kernel[1], stride[1], dilation[1], padding)
        if height < 1 or width < 1:
            raise ValueError(f"{type(self).__name__}: kernel {kernel} does not fit input {shape}")
        return height, width


@dataclass(frozen=True)
class Conv2D(_Windowed):
    """2-D convolution; a Conv1D is a Conv2D with kernel (k, 1) over (time, 1, channels)."""

    filters: int
    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding = Padding.SAME
    activation: Activation = Activation.NONE

    def output(self, *shapes: Shape) -> Shape:
        """Return the output shape (out_height, out_width, filters)."""
        (shape,) = shapes
        return (*self._spatial(shape, self.kernel, self.stride, self.dilation), self.filters)


@dataclass(frozen=True)
class DepthwiseConv2D(_Windowed):
    """One filter (or `multiplier` filters) a channel."""

    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    multiplier: int = 1
    padding: Padding = Padding.SAME
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
    """Mean over height and width: global average pooling, (h, w, c) to (c,)."""

    def output(self, *shapes: Shape) -> Shape:
        """Return (channels,)."""
        (shape,) = shapes
        return (shape[2],)


@dataclass(frozen=True)
class FullyConnected:
    """Matrix product over all elements of the input."""

    units: int
    activation: Activation = Activation.NONE

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
)
