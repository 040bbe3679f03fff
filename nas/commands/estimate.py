"""What a network costs on a board, before anything is trained or flashed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from nas.budget import Budget, Cost, Kernels, Runtime, load_budget
from nas.commands.memory import memory_by_op
from nas.commands.target import Target, find_target
from nas.cost import price
from nas.cost.belief import Part, believed, latency_parts
from nas.cost.latency import node_cycles
from nas.errors import UnsupportedOpError
from nas.frontend.sizes import sizes
from nas.graph.fold import folded_graph
from nas.graph.planner import greedy_plan, overlapped_plan

__all__ = ["Estimate", "EstimateRequest", "Use", "estimate"]


@dataclass(frozen=True, kw_only=True)
class EstimateRequest:
    """What to price, and on which board; see `nas.commands.target` for what a target is."""

    target: str
    budget: str
    limits: list[str]
    runtime: str | None = None
    kernels: str | None = None
    classes: int | None = None
    frontend: str | None = None
    results: Path = Path("results")


@dataclass(frozen=True)
class Use:
    """One limit and what is used of it; `used` is None where that is not known."""

    name: str
    used: float | None
    limit: float

    @property
    def share(self) -> float | None:
        """Used over limit: above 1 does not fit."""
        return None if self.used is None else self.used / self.limit


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The price of a target on a board.

    Attributes:
        target: what was priced.
        budget: board, limits, runtime, kernels.
        cost: the price of all of it.
        ops: a row a node in the order of execution: op, name, output_shape, macs,
            constant_bytes, live_bytes, arena_bytes, cycles, latency_ms.
        basis: where the latency comes from: source, expected_error, extrapolated, note.
        parts: what it is made of, each with its own error.
    """

    target: Target
    budget: Budget
    cost: Cost
    ops: Sequence[Mapping[str, Any]]
    basis: Mapping[str, Any]
    parts: tuple[Part, ...]

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """What is used of each limit."""
        given = self.budget.limits.given().items()
        return tuple(Use(name, self._used(name, limit), limit) for name, limit in given)

    def _used(self, name: str, limit: float) -> float | None:
        """Return what is used; of a load that is not known, the network's where it is too much."""
        used: float | None = getattr(self.cost, name)
        if name == "load" and used is None and self.network_load > limit:
            return self.network_load
        return used

    @property
    def network_load(self) -> float:
        """Share of the time between two decisions that the network alone takes."""
        return float(sum(row["latency_ms"] for row in self.ops)) / self.budget.decision_ms

    @property
    def violations(self) -> dict[str, float]:
        """``used / limit - 1`` of each limit that it is over."""
        return {use.name: use.share - 1 for use in self.uses if use.share and use.share > 1}

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Limits on what is not known, as the load of a network without its front end."""
        return tuple(use.name for use in self.uses if use.used is None)

    @property
    def fits(self) -> bool:
        """Tell whether it is over none of the limits that can be judged."""
        return not self.violations

    @property
    def front_end(self) -> dict[str, Any] | None:
        """Settings and sizes of the front end, where it is known."""
        settings = self.target.settings
        if settings is None:
            return None
        taken = asdict(sizes(settings))
        return settings.to_dict() | {key: taken[key] for key in taken if key != "functions"}

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        budget = self.budget
        return {
            "target": self.target.name,
            "kind": self.target.kind,
            "board": budget.board,
            "core": budget.device.core,
            "clock_hz": budget.device.clock_hz,
            "runtime": budget.runtime,
            "kernels": budget.kernels,
            **self.cost.to_dict(),
            "limits": {use.name: use.limit for use in self.uses},
            "fits": self.fits,
            "violations": self.violations,
            "unjudged": list(self.unjudged),
            "latency_basis": {**self.basis, "parts": [asdict(part) for part in self.parts]},
            "decision_ms": budget.decision_ms,
            "network_load": self.network_load,
            "front_end": self.front_end,
            "notes": list(self.target.notes),
            "ops": [dict(row) for row in self.ops],
        }


def estimate(request: EstimateRequest) -> Estimate:
    """Price a target on a board.

    Raises:
        ConfigError: no such target or board, or one that cannot be read.
        UnsupportedOpError: an op without a reader or without a price; names it and its layer.
    """
    budget = load_budget(
        request.budget,
        request.limits,
        runtime=cast(Runtime | None, request.runtime),  # load_budget says what was meant
        kernels=cast(Kernels | None, request.kernels),
    )
    target = find_target(
        request.target,
        results=request.results,
        classes=request.classes,
        frontend=request.frontend,
    )
    if budget.runtime == "c":
        target = replace(target, graph=folded_graph(target.graph))
    try:
        parts = latency_parts(target.graph, target.settings, budget)
        return Estimate(
            target=target,
            budget=budget,
            cost=_cost(target, budget),
            ops=_ops(target, budget),
            basis=asdict(believed(parts, budget)),
            parts=parts,
        )
    except UnsupportedOpError as error:
        raise UnsupportedOpError(f"{target.name}: {error}") from None


def _cost(target: Target, budget: Budget) -> Cost:
    """Return the price; what the `.tflite` says of itself stands above what is predicted."""
    cost = price(target.graph, target.settings, budget, file_bytes=target.model_bytes)
    if target.constant_bytes is not None:
        cost = replace(cost, constant_bytes=target.constant_bytes)
    return cost


def _ops(target: Target, budget: Budget) -> list[dict[str, Any]]:
    graph = target.graph
    placed = overlapped_plan(graph) if budget.runtime == "c" else greedy_plan(graph)
    cycles = node_cycles(graph, budget)
    rows = memory_by_op(graph, placed)
    for row, node in zip(rows, placed.order, strict=True):
        row["cycles"] = float(cycles[node])
        row["latency_ms"] = 1_000 * cycles[node] / budget.device.clock_hz
    return rows
