"""How far an output may reach into the bytes of an input that dies at the same node.

The kernels write their output front to back and read their input from a place that moves on with
it. So an output may lie over the front of a dying input, if its first byte lies far enough before
the input's:

    input offset - output offset >= margin

The margin is exact for the order that `firmware/include/nas/kernels.h` promises. Let byte t of the
output be written when bytes 0 to t-1 are, and let first(t) be the first byte of the input that is
read for byte t or later. No byte is overwritten before it was read when t <= margin + first(t) for
all t, so the margin is the largest t - first(t): where that is positive, one byte less is too
little. (Explicit padding wider than the kernel makes windows without an element; they count as if
they read: too much there, never too little.) Four orders occur:

- within a pixel, every output channel reads every input channel (convolution);
- output channel c reads input channel c / multiplier only (depthwise, pooling);
- byte t reads byte t, or what follows it (add, softmax, mean, lookup);
- byte t reads the byte that lies there before the padding (pad).

A fully connected op reads its whole input for each output: no overlap. An op that is not in the
table gets none either. This is the one place that knows; a kernel that reads later or writes
earlier than promised changes its function here.
"""

from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import Any

from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    Logistic,
    MaxPool2D,
    Mean,
    Pad,
    Padding,
    Relu,
    Requantize,
    Shape,
    Side,
    Softmax,
    same_padding,
    window_output,
)

__all__ = ["margin"]

Pair = tuple[int, int]
_Windowed = Conv2D | DepthwiseConv2D | AveragePool2D | MaxPool2D


def margin(op: Any, source: Shape, target: Shape) -> int:
    """Return the least input offset - output offset at which `op` never reads what it wrote.

    Args:
        op: the op of the node.
        source: shape of the input that dies at the node.
        target: shape of the output.

    Returns:
        Bytes, at most those of the output, which is no overlap; may be negative.
    """
    function = MARGINS.get(type(op))
    return prod(target) if function is None else function(op, source, target)


def _convolution(op: Conv2D, source: Shape, target: Shape) -> int:
    """All of a pixel's window is read until its last channel is written."""
    if op.kernel == op.stride == (1, 1) and isinstance(op.padding, Padding):
        return max(0, (source[0] * source[1] - 1) * (target[2] - source[2])) + target[2] - 1
    return _lead(op, op.kernel, op.dilation, source, target) + target[2] - 1


def _depthwise(op: DepthwiseConv2D, source: Shape, target: Shape) -> int:
    """Output channel c reads input channel c / multiplier: the last one is the most ahead."""
    return _lead(op, op.kernel, op.dilation, source, target) + target[2] - source[2]


def _pool(op: AveragePool2D | MaxPool2D, source: Shape, target: Shape) -> int:
    """Output channel c reads input channel c."""
    return _lead(op, op.pool, (1, 1), source, target)


def _in_place(op: Any, source: Shape, target: Shape) -> int:
    """Byte t of the output needs byte t of the input and later ones: never behind."""
    return 0


def _pad(op: Pad, source: Shape, target: Shape) -> int:
    """Byte t follows those before it: all that is added but what follows the last byte read."""
    last = 0
    for size, before, grown in zip(source, op.before, target, strict=True):
        last = last * grown + before + size - 1
    return last - (prod(source) - 1)


MARGINS: dict[type, Callable[[Any, Shape, Shape], int]] = {
    Conv2D: _convolution,
    DepthwiseConv2D: _depthwise,
    AveragePool2D: _pool,
    MaxPool2D: _pool,
    Mean: _in_place,
    Add: _in_place,
    Softmax: _in_place,
    Pad: _pad,
    Logistic: _in_place,
    Relu: _in_place,
    Requantize: _in_place,
}


def _lead(op: _Windowed, kernel: Pair, dilation: Pair, source: Shape, target: Shape) -> int:
    """Return the most bytes by which an output pixel is ahead of the first pixel it reads.

    Pixel (y, x) starts at byte (y out_width + x) c_out and reads from byte (row(y) in_width +
    column(x)) c_in on: the difference is a part of y and a part of x.
    """
    (height, width, read), (_, columns, written) = source, target
    stride, padding = op.stride, op.padding
    rows = _foremost(height, kernel[0], stride[0], dilation[0], padding.along(0))
    across = _foremost(width, kernel[1], stride[1], dilation[1], padding.along(1))
    row_written, row_read = columns * written, width * read
    return max([y * row_written - row * row_read for y, row in rows]) + max(
        [x * written - column * read for x, column in across]
    )


@lru_cache(maxsize=4096)
def _foremost(
    size: int, kernel: int, stride: int, dilation: int, padding: Side
) -> tuple[Pair, ...]:
    """Return outputs along an axis of which one is most ahead, each with the first it reads.

    Output i reads from first(i) on: i * stride - padding, or where that lies before the input, the
    first tap that does not. How far ahead it is, ``i * written - first(i) * read``, is linear in i
    from the first position behind the padding on: its largest value there is at one of the two
    ends. Without dilation it only grows up to there.
    """
    last = window_output(size, kernel, stride, dilation, padding) - 1
    before = same_padding(size, kernel, stride, dilation, padding)
    edge = min(before // stride, last)
    inside = range(edge if dilation == 1 else 0, min(edge + 1, last) + 1)
    return tuple((i, _first(i * stride - before, dilation)) for i in {*inside, last})


def _first(origin: int, dilation: int) -> int:
    return origin if origin > 0 else origin % dilation
