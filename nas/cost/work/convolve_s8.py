"""Work of convolve_s8.c and dot_s8.c.

A small kernel of several rows has its window copied, to one run; others are read where they lie,
a run a row of the kernel, or a run a tap where the columns are dilated. A pixel's filters take a
window four at a time while four are left, then one at a time; four filters take a run by words of
four elements, and the rest of it one by one.
"""

from collections.abc import Iterator

from nas.cost.work.windows import outputs_along
from nas.graph.ops import Conv2D, Padding, Shape

__all__ = ["NAMES", "RUN_NAMES", "count", "run_counts"]

COPIED_BYTES = 64
RUN_NAMES = (
    *("run_of_4", "words_of_4", "word_of_4", "rest_of_4", "element_of_4"),
    *("run_of_1", "element_of_1"),
)
NAMES = (
    *("call", "row", "pixel", "group_of_4", "group_of_1"),
    *("copied_pixel", "copied_row", "copied_run", "copied_element"),
    *("filled_pixel", "filled_element"),
    *RUN_NAMES,
)

Window = tuple[int, int, int]
"""How many pixels have it, its runs, elements of a run."""


def run_counts(filters: int, windows: list[Window]) -> tuple[int, ...]:
    """Return the counts in the order of RUN_NAMES."""
    fours, ones = divmod(filters, 4)
    runs = words = worded = rests = rest = 0
    for pixels, a_pixel, elements in windows:
        whole, left = divmod(elements, 4)
        here = pixels * a_pixel
        runs += here
        words += here * whole
        worded += here if whole else 0
        rests += here if left else 0
        rest += here * left
    return (
        *(fours * runs, fours * worded, fours * words, fours * rests, fours * rest),
        *(ones * runs, ones * (4 * words + rest)),
    )


def count(op: Conv2D, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    height, width, filters = target
    fours, ones = divmod(filters, 4)
    pixels = height * width
    loops = (1, height, pixels, pixels * fours, pixels * ones)
    if op.kernel == op.dilation == (1, 1) and isinstance(op.padding, Padding):
        return (*loops, 0, 0, 0, 0, 0, 0, *run_counts(filters, [(pixels, 1, source[2])]))
    elements = op.kernel[0] * op.kernel[1] * source[2]
    if elements <= COPIED_BYTES and (op.kernel[0] > 1 or op.dilation[1] > 1):
        copies = _copies(op, source, pixels, elements)
        return (*loops, *copies, *run_counts(filters, [(pixels, 1, elements)]))
    return (*loops, 0, 0, 0, 0, 0, 0, *run_counts(filters, _in_place(op, source)))


def _pixels(op: Conv2D, source: Shape) -> Iterator[Window]:
    """Yield pixels with the same taps inside: how many, rows of taps, taps of a row."""
    rows, columns = (outputs_along(*op.axis(source, axis)).by_taps for axis in (0, 1))
    return ((y * x, lines, taps) for lines, y in rows for taps, x in columns)


def _copies(op: Conv2D, source: Shape, pixels: int, elements: int) -> tuple[int, ...]:
    """Return what copying takes: rows of taps, runs, elements inside; pixels not all inside."""
    down, across = outputs_along(*op.axis(source, 0)), outputs_along(*op.axis(source, 1))
    rows, taps = down.taps * across.outputs, down.taps * across.taps
    filled = pixels - down.full * across.full
    runs = rows if op.dilation[1] == 1 else taps
    return pixels, rows, runs, taps * source[2], filled, filled * elements


def _in_place(op: Conv2D, source: Shape) -> list[Window]:
    channels = source[2]
    return [
        (same, *_runs(op, source[1], lines, taps, channels))
        for same, lines, taps in _pixels(op, source)
    ]


def _runs(op: Conv2D, width: int, lines: int, taps: int, channels: int) -> tuple[int, int]:
    """Return runs and elements of a run; a window without a tap is a run of none."""
    if lines == 0 or taps == 0:
        return 1, 0
    if op.dilation[1] > 1:
        return lines * taps, channels
    if op.dilation[0] * width == taps == op.kernel[1]:
        return 1, lines * taps * channels
    return lines, taps * channels
