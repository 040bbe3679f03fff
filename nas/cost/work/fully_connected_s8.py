"""Work of fully_connected_s8.c and dot_s8.c: one pixel of a convolution, its input one run."""

from math import prod
from operator import itemgetter

from nas.cost.work.convolve_s8 import RUN_NAMES, run_counts
from nas.graph.ops import FullyConnected, Shape

__all__ = ["NAMES", "count"]

LEFT_OUT = ("words_of_4", "rest_of_4")
"""One run a group: what happens once a run is part of `run_of_4`."""
_kept = itemgetter(*(i for i, name in enumerate(RUN_NAMES) if name not in LEFT_OUT))
NAMES = ("call", *_kept(RUN_NAMES))


def count(op: FullyConnected, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of NAMES: a run is a group of filters."""
    return (1, *_kept(run_counts(op.units, [(1, 1, prod(source))])))
