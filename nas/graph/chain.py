"""The smallest arena of a chain of buffers, each written from the one before it alone.

Only neighbours are alive together. Buffer i + 1 lies below buffer i, at most at o_i - margin_i, or
above it, at least at o_i + size_i. In an arena of a given length the places that buffer i can take
are then known by their lowest and highest: the next buffer reaches down to 0 if the highest leaves
the margin below it, and up to the arena's end if the lowest leaves room above it. The length is
raised to the next value at which one of those answers changes, until the last buffer has a place:
that length is the smallest of all, in a few passes over the chain.
"""

from collections.abc import Sequence

__all__ = ["chain_length", "place_chain"]


def place_chain(sizes: Sequence[int], margins: Sequence[int]) -> tuple[int, list[int]]:
    """Return the length of the smallest arena and the offset of each buffer in it.

    Args:
        sizes: of the buffers, in any unit.
        margins: the least offset of buffer i less that of buffer i + 1 where i + 1 lies over the
            front of i; one fewer than `sizes`, each at most the size of i + 1.
    """
    length, lowest, highest = _smallest(sizes, margins)
    return length, _offsets(lowest, highest, margins)


def chain_length(sizes: Sequence[int], margins: Sequence[int]) -> int:
    """Return the length of the smallest arena, as `place_chain` does."""
    return _smallest(sizes, margins)[0]


def _smallest(sizes: Sequence[int], margins: Sequence[int]) -> tuple[int, list[int], list[int]]:
    """Return the length, and each buffer's lowest and highest place in it."""
    pairs = list(zip(sizes, sizes[1:], margins, strict=False))
    length = max([max(after, before + max(m, 0)) for before, after, m in pairs], default=sizes[0])
    enough = sum(sizes)
    while True:
        lowest, highest, longer = _reach(length, sizes[0], pairs, enough)
        if not longer:
            return length, lowest, highest
        length = longer


def _reach(
    length: int, first: int, pairs: Sequence[tuple[int, int, int]], enough: int
) -> tuple[list[int], list[int], int]:
    """Return each buffer's lowest and highest place, and 0 or the next length worth trying."""
    low, high = 0, length - first
    lowest, highest = [low], [high]
    longer = length + enough
    for before, after, margin in pairs:
        room, below, above = length - after, high - margin, low + before
        if below < 0 and length - below < longer:
            longer = length - below
        if above > room:
            if above + after < longer:
                longer = above + after
            if below < 0:
                return lowest, highest, longer
        low = 0 if below >= 0 else above
        high = room if above <= room or room < below else below
        lowest.append(low)
        highest.append(high)
    return lowest, highest, 0


def _offsets(lowest: Sequence[int], highest: Sequence[int], margins: Sequence[int]) -> list[int]:
    """Go back from the last buffer: each lies as high as it can over its successor, or below."""
    offset = lowest[-1]
    offsets = [offset]
    for index in range(len(margins) - 1, -1, -1):
        fits = highest[index] - margins[index] >= offset
        offset = highest[index] if fits else lowest[index]
        offsets.append(offset)
    return offsets[::-1]
