"""What an estimate asks of boards, prices, plans and cycles, in one place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nas.budget import Budget, Cost, load_budget
from nas.cost import price_parts
from nas.errors import ConfigError
from nas.frontend.settings import LogMelSettings
from nas.frontend.sizes import FrontEndSizes, sizes
from nas.graph.graph import Graph
from nas.graph.planner import ALIGNMENT, Plan, plan

__all__ = ["basis_of", "board_of", "cost_of", "cycles_of", "order_of", "plan_of"]

NO_FRONT_END = FrontEndSizes(
    table_bytes=0,
    state_bytes=0,
    audio_ring_bytes=0,
    feature_ring_bytes=0,
    macs_per_hop=0,
    functions=(),
)


def board_of(name: str, limits: list[str], runtime: str | None, kernels: str | None) -> Budget:
    """Return the board called `name`, with what the command line changes of it."""
    budget = load_budget(name, limits)
    for option, value in (("runtime", runtime), ("kernels", kernels)):
        if value not in (None, getattr(budget, option)):
            raise ConfigError(f"--{option} {value}: {getattr(budget, option)} is priced")
    return budget


def cost_of(graph: Graph, settings: LogMelSettings | None, budget: Budget) -> Cost:
    """Return the price of `graph`; without `settings` of the network alone."""
    front_end = NO_FRONT_END if settings is None else sizes(settings)
    cost = price_parts(graph, front_end, budget)
    unplanned = sum(-(-tensor.size_bytes // ALIGNMENT) * ALIGNMENT for tensor in graph.tensors)
    return replace(cost, planned_bytes=plan(graph).arena_bytes, unplanned_bytes=unplanned)


def plan_of(graph: Graph, budget: Budget) -> Plan:
    """Return where the tensors lie in the arena of the budget's runtime."""
    return plan(graph)


def order_of(graph: Graph, placed: Plan) -> Sequence[int]:
    """Return the indices of the nodes in the order in which they run."""
    return range(len(graph.nodes))


def cycles_of(graph: Graph, budget: Budget) -> Sequence[float] | None:
    """Return the cycles of each node; None where the core has no measured cycles."""
    return None


def basis_of(budget: Budget) -> dict[str, Any] | None:
    """Return where cycles come from: source, expected_error, extrapolated, note."""
    return None
