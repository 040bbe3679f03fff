"""How long to train: rungs, finalists, and their share of the minutes. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf
from statistics import fmean, median

from nas.search import Record, ladder
from nas.trial import Fidelity

__all__ = [
    "FinalistPlan",
    "contenders",
    "epoch_seconds",
    "plan_finalists",
    "plan_rungs",
    "reserve_seconds",
]

FIRST_RUNG_EPOCHS = 4
REFERENCE_CLIPS = 2_400
"""Training clips at which epochs below are meant; fewer clips get more epochs, so that the number
of steps stays: 36 epochs of 2,400 clips rank candidates, 36 of 1,000 do not yet."""

SETUP_SECONDS = 12.0  # start of a worker, build, convert; measured 8 to 12 s on two cores
QAT_COST = 2.5  # a quantization-aware epoch against a float one; measured 2.0 to 2.6
EPOCH_SECONDS = 1.0  # assumed until a trial is complete: 2,400 clips, 2 MMAC, one thread
HOPELESS_SHARE, HOPELESS = 0.25, 0.05  # of the best loss, and nats
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


def plan_rungs(n_clips: int) -> tuple[Fidelity, ...]:
    """Return the rungs for `n_clips` of training: total epochs, and the share of clips used."""
    first = max(1, round(FIRST_RUNG_EPOCHS * _epoch_factor(n_clips)))
    share = FIRST_RUNG_EPOCHS * REFERENCE_CLIPS / max(1, n_clips)
    return ladder(first, data_fraction=min(1.0, share))


def plan_finalists(seconds: float, n_clips: int = REFERENCE_CLIPS) -> FinalistPlan:
    """Return the plan for a command of `seconds`: more of everything where there is time."""
    plan = _plan(seconds)
    return replace(plan, epochs=max(10, round(plan.epochs * _epoch_factor(n_clips))))


def _plan(seconds: float) -> FinalistPlan:
    if seconds < 240:
        return FinalistPlan(candidates=2, seeds=1, epochs=30, qat_epochs=3)
    if seconds < 700:
        return FinalistPlan(candidates=2, seeds=1, epochs=45, qat_epochs=4)
    if seconds < 1800:
        return FinalistPlan(candidates=4, seeds=1, epochs=60, qat_epochs=4)
    return FinalistPlan(candidates=4, seeds=2, epochs=90, qat_epochs=6)


def _epoch_factor(n_clips: int) -> float:
    return min(3.0, max(0.25, REFERENCE_CLIPS / max(1, n_clips)))


def contenders(front: Sequence[Record], count: int) -> list[Record]:
    """Return up to `count` of the front, lowest loss first, without those that cannot win.

    Losses of one candidate trained twice lie some hundredths apart, and a training in full moves
    all of them down; what is a quarter and `HOPELESS` behind the best stayed behind. Two are kept:
    the best of a short training may be luck.
    """
    losses = [(record, record.metrics.val_loss) for record in front if record.metrics][:count]
    best = min((loss for _, loss in losses), default=inf)
    near = [record for record, loss in losses if loss <= (1 + HOPELESS_SHARE) * best + HOPELESS]
    return near if len(near) > 1 else [record for record, _ in losses[:2]]


def reserve_seconds(plan: FinalistPlan, epoch_seconds: float, n_workers: int) -> float:
    """Return the wall time that the finalists will need.

    `epoch_seconds` is one float epoch of the slowest finalist, as the rungs measured it.
    """
    training = (plan.epochs + QAT_COST * plan.qat_epochs) * epoch_seconds
    rounds = ceil(plan.runs / max(1, n_workers))
    return rounds * (SETUP_SECONDS + MARGIN * training)


def epoch_seconds(complete: Sequence[Record], count: int) -> float:
    """Return the mean epoch of the likely finalists: the `count` complete of lowest loss.

    Of each the median epoch: the first ones also compute features and trace the graph.
    """
    metrics = [record.metrics for record in complete if record.metrics and record.metrics.curve]
    best = sorted(metrics, key=lambda one: one.val_loss)[:count]
    epochs = [median(row.get("seconds", EPOCH_SECONDS) for row in one.curve) for one in best]
    return fmean(epochs) if epochs else EPOCH_SECONDS
