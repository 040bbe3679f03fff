"""The price of a candidate, and by how much it breaks limits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from nas.budget.limits import Limits

__all__ = ["Cost", "unknown", "violations"]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Price of one candidate on one device; bytes and counts, all at least 0.

    Attributes:
        rom_bytes: constants, code of the kernels used, front-end tables and code.
        ram_bytes: arena, scratch, front-end state, audio ring, feature ring, stack.
        macs: multiply-accumulates of the network for one inference.
        constant_bytes: constant buffers read by ops, each once.
        arena_bytes: the arena of the runtime.
        peak_activation_bytes: most bytes of tensors alive at once; no plan without overlap is
            smaller.
        parts: what rom_bytes and ram_bytes are made of, as ``rom.weights``, ``ram.arena``, ...
        planned_bytes: the activations as TFLM's greedy planner lays them out.
        unplanned_bytes: all tensors side by side, each with its own place.
        model_bytes: the `.tflite`.
        latency_ms: the last hop and the network, for one decision.
        load: all hops of a decision period and the network, over the period.

    A quantity is None where it is not known: of a record written before it was priced, of a
    network whose front end is not known, or, where no limit asks for it, of what was not trained.
    """

    rom_bytes: int
    ram_bytes: int
    macs: int
    constant_bytes: int
    arena_bytes: int
    peak_activation_bytes: int
    parts: dict[str, int]
    planned_bytes: int | None = None
    unplanned_bytes: int | None = None
    model_bytes: int | None = None
    latency_ms: float | None = None
    load: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the cost as plain values."""
        return asdict(self)


def violations(cost: Cost, limits: Limits) -> dict[str, float]:
    """Return ``used / limit - 1`` for each limit given; feasible when none is positive.

    A quantity that is limited and not known (None) counts as violated without bound: ``inf``.
    What cannot be shown to fit does not fit. Who can judge without it leaves its limit out:
    ``violations(cost, limits.without(unknown(cost, limits)))``.
    """
    return {key: _over(getattr(cost, key), limit) for key, limit in limits.given().items()}


def unknown(cost: Cost | Mapping[str, Any], limits: Limits) -> tuple[str, ...]:
    """Return the limits whose quantity `cost` does not know."""
    known = cost if isinstance(cost, Mapping) else vars(cost)
    return tuple(key for key in limits.given() if known.get(key) is None)


def _over(used: float | None, limit: float) -> float:
    return inf if used is None else used / limit - 1.0
