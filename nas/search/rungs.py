"""Successive halving, asynchronous, stopping form: on arrival at a rung a trial goes on or stops.

Li et al., "A System for Massively Parallel Hyperparameter Tuning" (ASHA), MLSys 2020. Rungs are
total epochs with a share of the clips. A trial goes on when its validation loss is

- in the best 1/eta among its peers: of the last 30 arrivals at this rung the third (at least eta)
  whose MACs are nearest to its own on a log scale, so that small is not measured against large; or
- in the better half of its peers, and lower than that of every arrival with no more MACs: then it
  is on the staircase of loss against work.

Only late arrivals are peers because proposals improve: against all of them, half of the late ones
are among the best third. With all four objectives the second rule would pass nearly everything:
three in four early trials are non-dominated there. Nothing is waited for, so no worker idles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isfinite, log

from nas.errors import ConfigError
from nas.trial import Fidelity

__all__ = ["Arrival", "check_ladder", "goes_on", "ladder"]

STRATA = 3
WINDOW = 30


@dataclass(frozen=True)
class Arrival:
    """A trial at a rung."""

    val_loss: float
    macs: int


def goes_on(arrival: Arrival, earlier: Sequence[Arrival], *, eta: int) -> bool:
    """Tell whether `arrival` goes on, given the arrivals at the same rung before it."""
    if not isfinite(arrival.val_loss):
        return False
    peers = _peers(arrival, earlier[-WINDOW:], eta)
    if _among_best(arrival, peers, eta):
        return True
    return _among_best(arrival, peers, 2) and _on_staircase(arrival, earlier)


def _peers(arrival: Arrival, late: Sequence[Arrival], eta: int) -> list[Arrival]:
    n_peers = max(eta, ceil((len(late) + 1) / STRATA)) - 1
    return sorted(late, key=lambda it: abs(log(max(1, it.macs) / max(1, arrival.macs))))[:n_peers]


def _among_best(arrival: Arrival, peers: Sequence[Arrival], share: int) -> bool:
    better = sum(it.val_loss < arrival.val_loss for it in peers)
    return better < max(1, (len(peers) + 1) // share)


def _on_staircase(arrival: Arrival, earlier: Sequence[Arrival]) -> bool:
    return all(it.val_loss > arrival.val_loss for it in earlier if it.macs <= arrival.macs)


def ladder(
    first: int = 3, *, eta: int = 3, rungs: int = 3, data_fraction: float = 1.0
) -> tuple[Fidelity, ...]:
    """Return rungs of `first`, `first` x eta, ... epochs; the last one sees all clips."""
    shares = [data_fraction] * (rungs - 1) + [1.0]
    return tuple(Fidelity(first * eta**level, share) for level, share in enumerate(shares))


def check_ladder(fidelities: Sequence[Fidelity]) -> None:
    """Raise ConfigError unless there are rungs, with rising epochs and shares in (0, 1]."""
    epochs = [rung.epochs for rung in fidelities]
    if not epochs or epochs[0] < 1 or any(b <= a for a, b in pairwise(epochs)):
        raise ConfigError(f"rungs: epochs {epochs} must start at 1 or more and rise")
    if any(not 0 < rung.data_fraction <= 1 for rung in fidelities):
        raise ConfigError("rungs: data_fraction must lie above 0 and at most at 1")
