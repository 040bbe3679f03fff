"""TFLM's GreedyMemoryPlanner: the largest buffer first, each at the lowest free offset.

Of two equally large buffers the later one goes first: TFLM fills its list from the end.
"""

from bisect import insort
from collections.abc import Sequence

__all__ = ["ALIGNMENT", "Buffer", "aligned", "place_largest_first"]

ALIGNMENT = 16

Buffer = tuple[int, int, int]
"""Bytes (a multiple of the alignment), first and last node that need it."""


def aligned(size: int, alignment: int = ALIGNMENT) -> int:
    """Return `size` rounded up to a multiple of `alignment`."""
    return -(-size // alignment) * alignment


def place_largest_first(buffers: Sequence[Buffer]) -> tuple[int, list[int]]:
    """Return the length of the arena and each buffer's offset; none alive at once overlap."""
    placed: list[tuple[int, int, int, int]] = []
    offsets = [0] * len(buffers)
    length = 0
    later_first = range(len(buffers) - 1, -1, -1)
    for index in sorted(later_first, key=lambda i: -buffers[i][0]):
        size, first, last = buffers[index]
        offset = 0
        for start, end, begin, until in placed:
            if begin <= last and first <= until:
                if start - offset >= size:
                    break
                if end > offset:
                    offset = end
        insort(placed, (offset, offset + size, first, last))
        offsets[index] = offset
        length = max(length, offset + size)
    return length, offsets
