"""Work of depthwise_conv_s8.c: each output of a pixel runs over the taps inside the input."""

from nas.cost.work.windows import taps_inside
from nas.graph.ops import DepthwiseConv2D, Shape

__all__ = ["NAMES", "count"]

NAMES = ("call", "row", "pixel", "channel", "output", "tap_row", "tap")


def count(op: DepthwiseConv2D, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    height, width, outputs = target
    rows, columns = (
        taps_inside(
            source[axis],
            op.kernel[axis],
            op.stride[axis],
            op.dilation[axis],
            op.padding.along(axis),
        )
        for axis in (0, 1)
    )
    pixels = height * width
    return (
        *(1, height, pixels, pixels * source[2], pixels * outputs),
        *(rows * width * outputs, rows * columns * outputs),
    )
