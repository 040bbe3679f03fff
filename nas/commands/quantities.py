"""What an estimate asks of boards, prices, plans and cycles, in one place."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from nas.budget import Budget, Cost, Kernels, Runtime, load_budget
from nas.cost import latency, price_parts
from nas.errors import ConfigError
from nas.frontend.settings import LogMelSettings
from nas.frontend.sizes import FrontEndSizes, sizes
from nas.graph.graph import Graph
from nas.graph.planner import Plan, greedy_plan, overlapped_plan, unplanned_bytes

__all__ = ["basis_of", "board_of", "cost_of", "cycles_of", "plan_of"]

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
    wanted = cast(Runtime | None, runtime), cast(Kernels | None, kernels)
    return load_budget(name, limits, runtime=wanted[0], kernels=wanted[1])


def cost_of(graph: Graph, settings: LogMelSettings | None, budget: Budget) -> Cost:
    """Return the price of `graph`; without `settings` of the network alone.

    Raises:
        UnsupportedOpError: an op without a price.
        ConfigError: a runtime, core or function that is not priced.
    """
    if budget.runtime != "c":
        raise ConfigError(f"runtime {budget.runtime}: only c is priced; give --runtime c")
    front_end = NO_FRONT_END if settings is None else sizes(settings)
    return replace(
        price_parts(graph, front_end, budget),
        planned_bytes=greedy_plan(graph).arena_bytes,
        unplanned_bytes=unplanned_bytes(graph),
        latency_ms=latency.latency_ms(graph, settings, budget),
        load=None if settings is None else latency.load(graph, settings, budget),
    )


def plan_of(graph: Graph, budget: Budget) -> Plan:
    """Return where the tensors lie in the arena of the budget's runtime, and the order."""
    return overlapped_plan(graph) if budget.runtime == "c" else greedy_plan(graph)


def cycles_of(graph: Graph, budget: Budget) -> Sequence[float]:
    """Return the cycles of each node."""
    return latency.node_cycles(graph, budget)


def basis_of(budget: Budget) -> dict[str, Any]:
    """Return where cycles come from: source, expected_error, extrapolated, note."""
    return asdict(latency.basis(budget))
