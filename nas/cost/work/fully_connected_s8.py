"""Work of fully_connected_s8.c and dot_s8.c: one pixel of a convolution, its input one run."""

from math import prod

from nas.cost.work.convolve_s8 import RUN_NAMES, run_counts
from nas.graph.ops import FullyConnected, Shape

__all__ = ["NAMES", "count"]

LEFT_OUT = ("words_of_4", "rest_of_4")
"""One run a group: what happens once a run is part of `run_of_4`."""
NAMES = ("call", *(name for name in RUN_NAMES if name not in LEFT_OUT))


def count(op: FullyConnected, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES: a run is a group of filters."""
    counts = zip(RUN_NAMES, run_counts(op.units, [(1, 1, prod(source))]), strict=True)
    return (1, *(value for name, value in counts if name not in LEFT_OUT))
