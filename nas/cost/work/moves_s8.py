"""Work of lookup_s8.c and pad_s8.c."""

from math import prod

from nas.graph.ops import Op, Pad, Shape
from nas.graph.pads import pad_runs

__all__ = ["LOOKUP", "PAD", "lookup", "pad"]

LOOKUP = ("call", "element")
PAD = ("call", "row", "run", "copied_run", "copied", "filled")


def lookup(op: Op, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of LOOKUP."""
    return 1, prod(source)


def pad(op: Pad, source: Shape, target: Shape) -> tuple[int, ...]:
    """Return the counts in the order of PAD."""
    inner, _, outer = pad_runs(op, source, target)
    runs, copied_runs = outer[0] * outer[1], inner[0] * inner[1]
    return 1, outer[0], runs, copied_runs, prod(source), prod(target) - prod(source)
