"""What an estimate asks of boards, prices, plans and cycles, in one place."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from nas.budget import Budget, Cost, Kernels, Runtime, load_budget
from nas.cost import latency, price_parts, tflm
from nas.cost.code import load_code_sizes
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
        ConfigError: a core or function that was not measured.
    """
    front_end = None if settings is None else sizes(settings)
    cost = price_parts(graph, front_end or NO_FRONT_END, budget)
    if budget.runtime == "tflm":
        cost = _under_tflm(cost, graph, front_end, budget)
    return replace(
        cost,
        planned_bytes=greedy_plan(graph).arena_bytes,
        unplanned_bytes=unplanned_bytes(graph),
        model_bytes=tflm.model_bytes(graph),
        latency_ms=latency.latency_ms(graph, settings, budget),
        load=None if settings is None else latency.load(graph, settings, budget),
    )


def _under_tflm(cost: Cost, graph: Graph, front_end: FrontEndSizes | None, budget: Budget) -> Cost:
    """Return `cost` with ROM, RAM and arena of the interpreter instead of the generated C."""
    core, kernels = budget.device.core, budget.kernels
    code = load_code_sizes(core)
    rom = tflm.tflm_rom_parts(graph, front_end, code, kernels)
    ram = tflm.tflm_ram_parts(graph, front_end, code, kernels, core=core)
    return replace(
        cost,
        rom_bytes=sum(rom.values()),
        ram_bytes=sum(ram.values()),
        arena_bytes=sum(tflm.tflm_arena_parts(graph, kernels, core=core).values()),
        parts=rom | ram,
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
