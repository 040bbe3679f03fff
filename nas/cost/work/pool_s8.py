"""Work of avgpool_s8.c and max_pool_s8.c: each channel of a pixel runs over its window."""

from nas.cost.work.windows import outputs_along
from nas.graph.ops import AveragePool2D, MaxPool2D, Shape

__all__ = ["NAMES", "count"]

NAMES = ("call", "row", "pixel", "output", "tap_row", "tap")


def count(op: AveragePool2D | MaxPool2D, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    height, width, channels = target
    rows, columns = (
        outputs_along(source[axis], op.pool[axis], op.stride[axis], 1, op.padding).taps
        for axis in (0, 1)
    )
    pixels = height * width
    return (
        *(1, height, pixels, pixels * channels),
        *(rows * width * channels, rows * columns * channels),
    )
