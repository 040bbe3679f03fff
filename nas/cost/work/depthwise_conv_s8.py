"""Work of depthwise_conv_s8.c.

Outputs are computed four at a time while four are left: with one filter a channel those of four
channels, otherwise those of one channel. Four channels have a path of their own for a row of three
taps that lie side by side.
"""

from nas.cost.work.windows import outputs_by_taps
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
    lines, columns = (
        outputs_by_taps(
            source[axis],
            op.kernel[axis],
            op.stride[axis],
            op.dilation[axis],
            op.padding.along(axis),
        )
        for axis in (0, 1)
    )
    pixels = height * width
    rows = sum(taps * outputs for taps, outputs in lines)
    tap_rows = rows * width
    taps = rows * sum(taps * outputs for taps, outputs in columns)
    threes = rows * dict(columns).get(3, 0) if op.dilation[1] == 1 else 0
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
