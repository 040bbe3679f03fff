"""Work of depthwise_conv_s8.c.

Outputs are computed four at a time while four are left: with one filter a channel those of four
channels, otherwise those of one channel. Four channels have a path of their own for a row of three
taps that lie side by side.
"""

from nas.cost.work.windows import outputs_along
from nas.graph.ops import DepthwiseConv2D, Shape

__all__ = ["NAMES", "count"]

KINDS = ("channels", "filters", "one")
NAMES = (
    *("call", "row", "pixel", "channel"),
    *(f"{what}_of_{kind}" for kind in KINDS for what in ("group", "tap_row", "tap")),
    "three_of_channels",
)


def count(op: DepthwiseConv2D, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    height, width, _ = target
    lines, columns = outputs_along(*op.axis(source, 0)), outputs_along(*op.axis(source, 1))
    pixels = height * width
    tap_rows = lines.taps * width
    taps = lines.taps * columns.taps
    threes = lines.taps * columns.of_three if op.dilation[1] == 1 else 0
    channels, filters, ones = _groups(op, source[2])
    return (
        *(1, height, pixels, pixels * source[2] if op.multiplier > 1 else 0),
        *(channels * pixels, channels * tap_rows, channels * (taps - 3 * threes)),
        *(filters * pixels, filters * tap_rows, filters * taps),
        *(ones * pixels, ones * tap_rows, ones * taps),
        channels * threes,
    )


def _groups(op: DepthwiseConv2D, channels: int) -> tuple[int, int, int]:
    """Return a pixel's groups of four channels, of four filters, and of one output."""
    if op.multiplier == 1:
        return channels // 4, 0, channels % 4
    return 0, channels * (op.multiplier // 4), channels * (op.multiplier % 4)
