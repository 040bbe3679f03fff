"""Where a sliding window lies: padding modes, and TensorFlow's rules along one axis."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Padding", "Pads", "Side", "same_padding", "window_output"]

Pair = tuple[int, int]


class Padding(Enum):
    """TensorFlow's padding modes."""

    SAME = "same"
    VALID = "valid"

    __hash__ = object.__hash__  # Enum's own is not C, and caches ask for it often

    def along(self, axis: int) -> "Padding":
        """Return the padding along an axis: the mode, for both."""
        return self


@dataclass(frozen=True)
class Pads:
    """Rows and columns of zero points around the input, as (before, after)."""

    rows: Pair
    columns: Pair

    def along(self, axis: int) -> Pair:
        """Return what lies before and after along axis 0 (rows) or 1 (columns)."""
        return (self.rows, self.columns)[axis]


Side = Padding | Pair
"""Padding along one axis: a mode, or what lies before and after."""


def window_output(size: int, kernel: int, stride: int, dilation: int, padding: Side) -> int:
    """Return the output length of a sliding window along one axis (TensorFlow's rule)."""
    if padding is Padding.SAME:
        return -(-size // stride)
    around = 0 if isinstance(padding, Padding) else sum(padding)
    extent = (kernel - 1) * dilation + 1
    return -(-(size + around - extent + 1) // stride)


def same_padding(size: int, kernel: int, stride: int, dilation: int, padding: Side) -> int:
    """Return the zeros put before the first element along one axis; the rest goes after."""
    if padding is Padding.VALID:
        return 0
    if not isinstance(padding, Padding):
        return padding[0]
    extent = (kernel - 1) * dilation + 1
    out = window_output(size, kernel, stride, dilation, padding)
    return max(0, (out - 1) * stride + extent - size) // 2
