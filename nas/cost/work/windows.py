"""Taps of a sliding window that lie inside the input, as firmware/kernels/window.h clips them."""

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from nas.graph.windows import Side, same_padding, window_output

__all__ = ["Outputs", "outputs_along"]


class Outputs(NamedTuple):
    """Outputs along one axis.

    Attributes:
        by_taps: (taps, outputs) pairs: how many outputs have how many taps inside the input.
        outputs: all of them.
        taps: taps inside, summed over all outputs.
        full: outputs with all taps inside.
        of_three: outputs with three taps inside.
    """

    by_taps: tuple[tuple[int, int], ...]
    outputs: int
    taps: int
    full: int
    of_three: int


@lru_cache(maxsize=4096)
def outputs_along(size: int, kernel: int, stride: int, dilation: int, padding: Side) -> Outputs:
    """Return the outputs along one axis, by taps that lie inside the input.

    Tap k of output i reads element ``i * stride - before + k * dilation``.
    """
    outputs = window_output(size, kernel, stride, dilation, padding)
    before = same_padding(size, kernel, stride, dilation, padding)
    full = _full(size - (kernel - 1) * dilation, stride, before, outputs)
    edges = (*range(full.start), *range(full.stop, outputs))
    found = Counter([_taps(i * stride - before, kernel, dilation, size) for i in edges])
    if full:
        found[kernel] += len(full)
    taps = sum([taps * n for taps, n in found.items()])
    return Outputs(tuple(sorted(found.items())), outputs, taps, found[kernel], found[3])


def _full(starts: int, stride: int, before: int, outputs: int) -> range:
    """Return the outputs that start at 0 or later and before `starts`: all their taps are inside.

    Empty at 0 where there are none.
    """
    full = range(-(-before // stride), min(-(-(starts + before) // stride), outputs))
    return full or range(0)


def _taps(origin: int, kernel: int, dilation: int, size: int) -> int:
    """Return for how many k below `kernel` ``0 <= origin + k * dilation < size``."""
    first = max(0, -(origin // dilation))
    last = min(kernel, -((origin - size) // dilation))
    return max(0, last - first)
