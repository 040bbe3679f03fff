"""A Mean as calls of mean_s8.c, which averages over the leading axis of two."""

from math import prod

from nas.graph.ops import Mean, Shape

__all__ = ["mean_split"]


def mean_split(op: Mean, source: Shape) -> tuple[int, int, int]:
    """Return calls, elements averaged, and channels of each call.

    Raises:
        ValueError: axes that are not neighbours.
    """
    first, last = op.axes[0], op.axes[-1]
    if op.axes != tuple(range(first, last + 1)):
        raise ValueError(f"Mean: axes {op.axes} are not neighbours")
    return prod(source[:first]), prod(source[first : last + 1]), prod(source[last + 1 :])
