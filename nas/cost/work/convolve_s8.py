"""Work of convolve_s8.c and dot_s8.c.

A pixel's filters are taken four at a time while four are left, then one at a time. Each group runs
over the kernel's rows inside the input; the taps of a row are one run of a dot product, or with
dilation one run each.
"""

from nas.cost.work.windows import taps_inside
from nas.graph.ops import Conv2D, Shape

__all__ = ["NAMES", "count"]

NAMES = (
    *("call", "row", "pixel", "group_of_4", "group_of_1", "tap_row"),
    *("run_of_4", "run_of_1", "element_of_4", "element_of_1"),
)


def count(op: Conv2D, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    height, width, filters = target
    fours, ones = divmod(filters, 4)
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
    pixels, tap_rows, taps = height * width, rows * width, rows * columns
    runs = tap_rows if op.dilation[1] == 1 else taps
    return (
        *(1, height, pixels, pixels * fours, pixels * ones),
        *(tap_rows * (fours + ones), runs * fours, runs * ones),
        *(taps * source[2] * fours, taps * source[2] * ones),
    )
