"""Work of fully_connected_s8.c and dot_s8.c: outputs four at a time while four are left."""

from math import prod

from nas.graph.ops import FullyConnected, Shape

__all__ = ["NAMES", "count"]

NAMES = ("call", "group_of_4", "group_of_1", "element_of_4", "element_of_1")


def count(op: FullyConnected, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    elements = prod(source)
    fours, ones = divmod(op.units, 4)
    return 1, fours, ones, elements * fours, elements * ones
