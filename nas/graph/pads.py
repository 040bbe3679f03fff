"""A Pad as runs of bytes: neighbouring axes without padding between them become one."""

from nas.graph.ops import Pad, Shape

__all__ = ["Runs", "pad_runs"]

Runs = tuple[Shape, Shape, Shape]
"""Sizes of the input, elements before it, sizes of the output: three axes, the last in runs."""


def pad_runs(op: Pad, source: Shape, target: Shape) -> Runs:
    """Return the three axes over which pad_s8.c loops; the fewest and longest runs there are.

    An axis that is not padded joins the one before it: (h, w, c) padded in height and width is
    padded in (h, w x c).
    """
    axes: list[tuple[int, int, int]] = []
    for size, before, grown in zip(reversed(source), reversed(op.before), reversed(target)):  # noqa: B905
        last = axes[-1] if axes else None
        if last and last[0] == last[2]:
            axes[-1] = size * last[0], before * last[0], grown * last[0]
        else:
            axes.append((size, before, grown))
    axes += [(1, 0, 1)] * (3 - len(axes))
    sizes, befores, grown_sizes = zip(*reversed(axes), strict=True)
    return sizes, befores, grown_sizes
