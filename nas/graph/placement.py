"""Places buffers whose lives meet in any pattern, one after the other, as close as they may lie.

Two buffers alive at once are bound by two distances: how far the second must lie above the first,
if above, and how far below, if below. Plain neighbours keep their sizes apart; an output and an
input that dies there only their margin (`overlap.py`). Each buffer takes the place, next to what
binds it, at which the arena stays shortest. The result depends on the order in which they come, so
several orders are tried.
"""

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Bounds", "Placed", "place", "place_best"]

Bounds = Mapping[int, Mapping[int, int]]
"""``bounds[a][b]``: least offset of b less that of a where b lies above a; both ways or none."""

NOWHERE = -(1 << 62)
"""Below every offset."""

Placed = dict[int, int]


def place_best(
    orders: Iterable[Sequence[int]], sizes: Mapping[int, int], bounds: Bounds, *, enough: int
) -> tuple[int, Placed]:
    """Return the shortest arena found, and the offset of each buffer; stops at `enough`."""
    best: tuple[int, Placed] | None = None
    for order in orders:
        found = place(order, sizes, bounds)
        if best is None or found[0] < best[0]:
            best = found
        if best[0] <= enough:
            break
    assert best is not None
    return best


def place(order: Iterable[int], sizes: Mapping[int, int], bounds: Bounds) -> tuple[int, Placed]:
    """Return length and offsets, from 0 on, of the buffers placed in this order."""
    placed: Placed = {}
    bottom = top = 0
    for buffer in order:
        size = sizes[buffer]
        taken = sorted(
            (placed[other] - distance, placed[other] + bounds[other][buffer])
            for other, distance in bounds[buffer].items()
            if other in placed
        )
        offset = _nearest(size, taken, bottom, top) if placed else 0
        placed[buffer] = offset
        bottom, top = min(bottom, offset), max(top, offset + size)
    return top - bottom, {buffer: offset - bottom for buffer, offset in placed.items()}


def _nearest(size: int, taken: Sequence[tuple[int, int]], bottom: int, top: int) -> int:
    """Return the offset outside all open intervals `taken` that lengthens [bottom, top) least.

    Nothing is lengthened from `bottom` to ``top - size``, or the other way round where `size` is
    the longer; elsewhere it is by the distance from there. Of equal ones the lowest is taken.
    `taken` is sorted by the lower ends.
    """
    first, last = sorted((bottom, top - size))
    floor, below = NOWHERE, NOWHERE
    for low, high in taken:
        if low >= floor:
            if low >= first:
                break
            below = low
        if high > floor:
            floor = high
    above = max(floor, first)
    return below if above - last > 0 and above - last >= first - below else above
