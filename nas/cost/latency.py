"""Latency and load of a network behind its front end on a board: `latency_ms` and `load`.

Runtime `tflm`: cycles by op from rates fitted to published measurements (`cycles_rates`). Runtime
`c`: instructions of our C, counted in emulation, times cycles per instruction. The front end is
our C under either runtime. `basis` says what an estimate rests on.
"""

from dataclasses import replace
from functools import cache
from operator import mul
from typing import Protocol

from nas.cost.by_op import entry, of_each
from nas.cost.cycles_rates import Basis, Rates, cpi, load_rates, plain_core
from nas.cost.cycles_work import AMOUNTS
from nas.cost.instructions import decision_instructions, graph_instructions, hop_instructions
from nas.errors import ConfigError
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph

__all__ = [
    "Basis",
    "basis",
    "decision_cycles",
    "hop_cycles",
    "hops",
    "latency_and_load",
    "latency_ms",
    "load",
    "node_cycles",
]


MEASURED_CLOCK_HZ = {"xtensa-lx6": 240_000_000, "cortex-m4": 64_000_000}
"""ESP32 and nRF52840, as they were measured."""

OTHER_CHIP_ERROR = 0.35
"""Cortex-M4s run at 64 to 180 MHz from flash of 15 to 30 ns behind caches of all kinds."""


class _Device(Protocol):
    @property
    def core(self) -> str: ...
    @property
    def clock_hz(self) -> int: ...


class Board(Protocol):
    """What latency needs to know of a budget."""

    @property
    def device(self) -> _Device: ...
    @property
    def runtime(self) -> str: ...
    @property
    def kernels(self) -> str: ...
    @property
    def decision_ms(self) -> int: ...


def node_cycles(graph: Graph, budget: Board) -> tuple[float, ...]:
    """Return the cycles of each node for one inference.

    Raises:
        UnsupportedOpError: an op without a rate.
        ConfigError: nothing is known of the core with these kernels.
    """
    if budget.runtime == "tflm":
        return _tflm_cycles(graph, load_rates(budget.device.core, budget.kernels))
    _only_portable(budget)
    each = cpi(budget.device.core)
    return tuple([each.value * count for count in graph_instructions(graph, each.counted_on)])


def _tflm_cycles(graph: Graph, rates: Rates) -> tuple[float, ...]:
    by_node = [entry(rates.by_op, node, "rate of cycles") for node in graph.nodes]
    amounts = of_each(AMOUNTS, graph, "count of work")
    return tuple([sum(map(mul, *both)) for both in zip(by_node, amounts, strict=True)])


def _only_portable(budget: Board) -> None:
    if budget.runtime != "c":
        raise ConfigError(f"runtime: `{budget.runtime}` has no cycles; known: c, tflm")
    if budget.kernels != "portable":
        raise ConfigError(
            f"kernels: {budget.kernels} with runtime c: the exported C does not link it yet; "
            "use portable, or runtime tflm"
        )


def hop_cycles(settings: FrontEndSettings, budget: Board) -> float:
    """Return the cycles of the front end for one hop; it is our C under either runtime."""
    each = cpi(budget.device.core)
    return each.value * hop_instructions(settings, each.counted_on)


def decision_cycles(settings: FrontEndSettings, budget: Board) -> float:
    """Return the cycles of filling the network's input with the features of a decision."""
    each = cpi(budget.device.core)
    return each.value * decision_instructions(settings, each.counted_on)


def latency_and_load(
    graph: Graph, settings: FrontEndSettings | None, budget: Board
) -> dict[str, float | None]:
    """Return `latency_ms`, from the last sample of a window to the decision, and `load`.

    Latency is the last hop, filling the network's input, and the network. Load is the share of
    time that all this takes with the other hops of a decision; above 1 the board falls behind. The
    period is that of the exported firmware: `budget.decision_ms` rounded to whole hops. Without a
    front end (`settings` None) latency is the network's alone, and load is None.
    """
    network, clock_hz = sum(node_cycles(graph, budget)), budget.device.clock_hz
    if settings is None:
        return {"latency_ms": 1e3 * network / clock_hz, "load": None}
    hop, count = hop_cycles(settings, budget), hops(settings, budget.decision_ms)
    decision = decision_cycles(settings, budget) + network
    return {
        "latency_ms": 1e3 * (hop + decision) / clock_hz,
        "load": 1e3 * (count * hop + decision) / (count * settings.hop_ms * clock_hz),
    }


def latency_ms(graph: Graph, settings: FrontEndSettings | None, budget: Board) -> float:
    """Return the latency of `latency_and_load`."""
    found = latency_and_load(graph, settings, budget)["latency_ms"]
    assert found is not None, "the latency of a network is always known"
    return found


def load(graph: Graph, settings: FrontEndSettings, budget: Board) -> float:
    """Return the load of `latency_and_load`."""
    found = latency_and_load(graph, settings, budget)["load"]
    assert found is not None, "a load needs a front end, which is given"
    return found


def hops(settings: FrontEndSettings, decision_ms: int) -> int:
    """Return the hops between two decisions as the export rounds: to nearest, 1 at least.

    Raises:
        ConfigError: `decision_ms` below 1.
    """
    if decision_ms < 1:
        raise ConfigError(f"decision_ms {decision_ms}: must be at least 1")
    return max(1, (2 * decision_ms + settings.hop_ms) // (2 * settings.hop_ms))


def basis(budget: Board) -> Basis:
    """Return what `node_cycles` rests on for the board, its runtime and its kernels.

    Raises:
        ConfigError: nothing is known of the core with these kernels.
    """
    if budget.runtime == "tflm":
        return _tflm_basis(budget.device.core, budget.kernels, budget.device.clock_hz)
    _only_portable(budget)
    return cpi(budget.device.core).basis


@cache
def _tflm_basis(core: str, kernels: str, at_hz: int) -> Basis:
    """Return the basis of a core that was measured, on a chip that may run at another clock."""
    measured = load_rates(core, kernels).basis
    clock_hz = None if measured.extrapolated else MEASURED_CLOCK_HZ[plain_core(core)]
    if clock_hz is None or at_hz == clock_hz:
        return measured
    note = (
        f"measured at {clock_hz / 1e6:g} MHz, on another chip or at another clock here: what its "
        f"flash makes it wait is not known; {measured.note}"
    )
    error = max(OTHER_CHIP_ERROR, measured.expected_error)
    return replace(measured, expected_error=error, extrapolated=True, note=note)
