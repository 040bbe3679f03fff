"""Work of mean_s8.c, elementwise_add_s8.c and softmax_s8.c."""

from math import prod

from nas.graph.means import mean_split
from nas.graph.ops import Add, Mean, Shape, Softmax

__all__ = ["ADD", "MEAN", "SOFTMAX", "add", "mean", "softmax"]

MEAN = ("call", "channel", "element")
ADD = ("call", "element")
SOFTMAX = ("call", "row", "element")


def mean(op: Mean, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of MEAN: a call an index before the axes, as emitted."""
    calls, _, behind = mean_split(op, source)
    return calls, calls * behind, prod(source)


def add(op: Add, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of ADD."""
    return 1, prod(source)


def softmax(op: Softmax, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of SOFTMAX."""
    return 1, prod(source) // source[-1], prod(source)
