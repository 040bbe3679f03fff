"""How far to believe one latency: what its parts rest on, and what that makes of the whole.

`latency.basis` speaks of a board, before there is a network to look at. Under `tflm` the time of a
network is made of ops that were measured on the core, of ops whose rate was borrowed from another
op, and of the front end, which is our C and was only counted. Under `c` all of it was counted.

The error of the whole is the parts' errors weighted by their times: nothing says that they are
independent. It is called extrapolated where more than `EXTRAPOLATED_SHARE` of the time is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nas.budget import Budget
from nas.cost.cycles_rates import Basis, cpi, load_rates
from nas.cost.latency import basis, decision_cycles, hop_cycles, node_cycles
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from nas.graph.ops import Op

__all__ = ["BORROWED_ERROR", "EXTRAPOLATED_SHARE", "Part", "believed", "latency_parts"]

BORROWED_ERROR = 1.0
"""Of an op that is priced as another one: right order, and up to a factor of two."""
EXTRAPOLATED_SHARE = 0.05


@dataclass(frozen=True)
class Part:
    """Time of a latency that rests on one thing.

    Attributes:
        name: what takes it.
        ms: how long.
        expected_error: relative.
        extrapolated: no measurement of this code on this core is behind it.
    """

    name: str
    ms: float
    expected_error: float
    extrapolated: bool


def latency_parts(
    graph: Graph, settings: FrontEndSettings | None, budget: Budget
) -> tuple[Part, ...]:
    """Return the parts of a latency, those that take time; their `ms` add up to it."""
    found = [*_network(graph, budget), *_front_end(settings, budget)]
    return tuple(part for part in found if part.ms > 0)


def believed(parts: tuple[Part, ...], budget: Budget) -> Basis:
    """Return the basis of the latency that `parts` make, on the board of `budget`."""
    board, total = basis(budget), sum(part.ms for part in parts)
    if not total:
        return board
    error = sum(part.ms * part.expected_error for part in parts) / total
    beyond = sum(part.ms for part in parts if part.extrapolated) / total
    return replace(board, expected_error=error, extrapolated=beyond > EXTRAPOLATED_SHARE)


def _network(graph: Graph, budget: Budget) -> Iterator[Part]:
    """Yield what the ops take; under `tflm` those that were measured, then the others."""
    board, taken = basis(budget), _ms_by_op(graph, budget)
    if budget.runtime == "c":
        total = sum(ms for _, ms in taken)
        yield Part("network", total, board.expected_error, board.extrapolated)
        return
    rates = load_rates(budget.device.core, budget.kernels)
    own = [(op, ms) for op, ms in taken if op not in rates.borrowed]
    total = sum(ms for _, ms in own)
    missed = sum(ms * max(board.expected_error, rates.missed.get(op, 0.0)) for op, ms in own)
    yield Part("network", total, missed / total if total else 0.0, board.extrapolated)
    borrowed = sum(ms for op, ms in taken if op in rates.borrowed)
    yield Part("ops priced as others", borrowed, BORROWED_ERROR, True)


def _ms_by_op(graph: Graph, budget: Budget) -> list[tuple[type[Op], float]]:
    clock_khz = budget.device.clock_hz / 1e3
    cycles = zip(graph.nodes, node_cycles(graph, budget), strict=True)
    return [(type(node.op), each / clock_khz) for node, each in cycles]


def _front_end(settings: FrontEndSettings | None, budget: Budget) -> Iterator[Part]:
    """Yield the last hop with the filling of the network's input: our C under either runtime."""
    if settings is not None:
        cycles = hop_cycles(settings, budget) + decision_cycles(settings, budget)
        counted = cpi(budget.device.core).basis
        ms = 1e3 * cycles / budget.device.clock_hz
        yield Part("front end", ms, counted.expected_error, counted.extrapolated)
