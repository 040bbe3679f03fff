"""How the minutes are shared between the search and its finalists. Pure functions."""

from dataclasses import dataclass
from math import ceil

__all__ = ["FinalistPlan", "plan_finalists", "reserve_seconds"]

SETUP_SECONDS = 12.0  # start of a worker, build, convert; measured 8 to 12 s on two cores
QAT_COST = 2.5  # a quantization-aware epoch against a float one; measured 2.0 to 2.6
MARGIN = 1.15  # epochs slow down when both cores work


@dataclass(frozen=True)
class FinalistPlan:
    """What the finalists get: how many candidates, seeds each, and epochs.

    `epochs` are float epochs, `qat_epochs` those with quantization in the graph.
    """

    candidates: int
    seeds: int
    epochs: int
    qat_epochs: int

    @property
    def runs(self) -> int:
        """Trainings in total."""
        return self.candidates * self.seeds


def plan_finalists(seconds: float) -> FinalistPlan:
    """Return the plan for a command of `seconds`: more of everything where there is time."""
    if seconds < 240:
        return FinalistPlan(candidates=2, seeds=1, epochs=30, qat_epochs=3)
    if seconds < 700:
        return FinalistPlan(candidates=2, seeds=1, epochs=45, qat_epochs=4)
    if seconds < 1800:
        return FinalistPlan(candidates=4, seeds=1, epochs=60, qat_epochs=4)
    return FinalistPlan(candidates=4, seeds=2, epochs=90, qat_epochs=6)


def reserve_seconds(plan: FinalistPlan, epoch_seconds: float, n_workers: int) -> float:
    """Return the wall time that the finalists will need.

    `epoch_seconds` is one float epoch of the slowest finalist, as the rungs measured it.
    """
    training = (plan.epochs + QAT_COST * plan.qat_epochs) * epoch_seconds
    rounds = ceil(plan.runs / max(1, n_workers))
    return rounds * (SETUP_SECONDS + MARGIN * training)
