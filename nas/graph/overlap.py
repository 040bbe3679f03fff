"""How far an output may reach into the bytes of an input that dies at the same node.

The kernels write their output front to back and read their input from a place that moves on with
it. So an output may lie over the front of a dying input, if its first byte lies far enough before
the input's:

    input offset - output offset >= margin

The margin is exact for the order that `firmware/include/nas/kernels.h` promises. Let byte t of the
output be written when bytes 0 to t-1 are, and let first(t) be the first byte of the input that is
read for byte t or later. No byte is overwritten before it was read when t <= margin + first(t) for
all t, so the margin is the largest t - first(t): where that is positive, one byte less is too
little. Four orders occur:

- within a pixel, every output channel reads every input channel (convolution);
- output channel c reads input channel c / multiplier only (depthwise, pooling);
- byte t reads byte t, or what follows it (add, softmax, mean, lookup);
- byte t reads the byte that lies there before the padding (pad).

A fully connected op reads its whole input for each output: no overlap. An op that is not in the
table gets none either. This is the one place that knows; a kernel that reads later or writes
earlier than promised changes its function here.
"""

from collections.abc import Callable
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
    Relu,
    Requantize,
    Shape,
    Softmax,
    same_padding,
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
    (height, width, read), (rows, columns, written) = source, target
    lead = 0
    for axis, size, steps, ahead, behind in (
        (0, height, rows, columns * written, width * read),
        (1, width, columns, written, read),
    ):
        tap, stride, step = kernel[axis], op.stride[axis], dilation[axis]
        before = same_padding(size, tap, stride, step, op.padding.along(axis))
        if before > 0:
            lead += _padded_lead(steps - 1, (stride, step, before), ahead, behind)
        else:
            lead += max(0, (steps - 1) * (ahead - stride * behind))
    return lead


def _padded_lead(last: int, window: tuple[int, int, int], written: int, read: int) -> int:
    """Return the largest ``i * written - first(i) * read`` over i from 0 to `last`.

    first(i) is the first position that is read: i * stride - padding, or where that lies before
    the input, the first tap that does not. From the first position behind the padding on, the
    difference is linear in i: its largest value there is at one of the two ends.
    """
    stride, dilation, padding = window
    edge = padding // stride
    begin = edge if dilation == 1 else 0
    lead = last * written - _first(last * stride - padding, dilation) * read
    for i in range(begin, min(edge + 1, last) + 1):
        lead = max(lead, i * written - _first(i * stride - padding, dilation) * read)
    return lead


def _first(origin: int, dilation: int) -> int:
    return origin if origin > 0 else origin % dilation
