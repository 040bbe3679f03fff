"""Taps of a sliding window that lie inside the input, as firmware/kernels/window.h clips them."""

from functools import lru_cache

from nas.graph.windows import Side, same_padding, window_output

__all__ = ["taps_inside"]


@lru_cache(maxsize=4096)
def taps_inside(size: int, kernel: int, stride: int, dilation: int, padding: Side) -> int:
    """Return the taps inside the input along one axis, summed over all outputs.

    Tap k of output i reads element ``i * stride - before + k * dilation``.
    """
    outputs = window_output(size, kernel, stride, dilation, padding)
    before = same_padding(size, kernel, stride, dilation, padding)
    return sum(
        _outputs_inside(size, stride, before - k * dilation, outputs) for k in range(kernel)
    )


def _outputs_inside(size: int, stride: int, before: int, outputs: int) -> int:
    """Return for how many i below `outputs` ``0 <= i * stride - before < size``."""
    first = max(0, -(-before // stride))
    last = min(outputs - 1, (size - 1 + before) // stride)
    return max(0, last - first + 1)
