"""Taps of a sliding window that lie inside the input, as firmware/kernels/window.h clips them."""

from collections import Counter
from functools import lru_cache

from nas.graph.windows import Side, same_padding, window_output

__all__ = ["outputs_by_taps", "taps_inside"]


@lru_cache(maxsize=4096)
def taps_inside(size: int, kernel: int, stride: int, dilation: int, padding: Side) -> int:
    """Return the taps inside the input along one axis, summed over all outputs.

    Tap k of output i reads element ``i * stride - before + k * dilation``.
    """
    windows = outputs_by_taps(size, kernel, stride, dilation, padding)
    return sum(taps * outputs for taps, outputs in windows)


@lru_cache(maxsize=4096)
def outputs_by_taps(
    size: int, kernel: int, stride: int, dilation: int, padding: Side
) -> tuple[tuple[int, int], ...]:
    """Return how many outputs along one axis have how many taps inside: (taps, outputs) pairs."""
    outputs = window_output(size, kernel, stride, dilation, padding)
    before = same_padding(size, kernel, stride, dilation, padding)
    found = Counter(_taps(i * stride - before, kernel, dilation, size) for i in range(outputs))
    return tuple(sorted(found.items()))


def _taps(origin: int, kernel: int, dilation: int, size: int) -> int:
    """Return for how many k below `kernel` ``0 <= origin + k * dilation < size``."""
    first = max(0, -(origin // dilation))
    last = min(kernel, -((origin - size) // dilation))
    return max(0, last - first)
