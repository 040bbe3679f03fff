"""The record of one evaluation: what was tried, what it costs, how well it hears."""

from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Protocol

from nas.space.candidate import Candidate

__all__ = [
    "DIVERGED",
    "OBJECTIVES",
    "Evaluate",
    "Fidelity",
    "Metrics",
    "Session",
    "has_diverged",
]

OBJECTIVES = ("val_loss", "rom_bytes", "ram_bytes", "macs")

DIVERGED = 1e3
"""Loss that stands for NaN and infinity, which JSON cannot hold, and for all above it."""


@dataclass(frozen=True, order=True)
class Fidelity:
    """Training effort: total epochs so far, and the share of the training clips used."""

    epochs: int
    data_fraction: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """What a training session measured on the validation split.

    Attributes:
        val_loss: mean cross-entropy (natural log) over validation clips, unweighted; `DIVERGED`
            where it is no number.
        val_accuracy: in [0, 1].
        train_loss: of the last epoch.
        seconds: wall time of the session so far.
        curve: one mapping an epoch: epoch, train_loss, val_loss, val_accuracy, and seconds where
            they were taken.
    """

    val_loss: float
    val_accuracy: float
    train_loss: float
    seconds: float
    curve: list[dict[str, float]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def has_diverged(loss: float) -> bool:
    """Tell whether `loss` stands for a training that went to infinity: nothing was learnt."""
    return not isfinite(loss) or loss >= DIVERGED


class Session(Protocol):
    """A candidate in training; it goes on from its weights."""

    def train(self, fidelity: Fidelity) -> Metrics:
        """Train until `fidelity.epochs` in total and return what validation says."""
        ...


class Evaluate(Protocol):
    """Starts the training of a candidate. A search needs no more than this of training."""

    def __call__(self, candidate: Candidate, seed: int) -> Session:
        """Return a fresh session."""
        ...
