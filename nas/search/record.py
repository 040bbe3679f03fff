"""One finished trial as the search knows it, and as Optuna stores it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, TrialState

from nas.budget import Cost
from nas.pareto import front
from nas.space.candidate import Candidate
from nas.trial import Metrics

__all__ = [
    "Asked",
    "Record",
    "candidate_of",
    "front_of",
    "frozen",
    "record_of",
    "shown",
    "values_of",
]


@dataclass(frozen=True)
class Asked:
    """The choices behind a candidate: value and domain of each, by name."""

    params: dict[str, Any]
    distributions: dict[str, BaseDistribution]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A finished trial.

    Attributes:
        asked: the choices.
        candidate: what came of them; None where the choices make none.
        cost: its price; None where it has no graph.
        violations: `used / limit - 1` by limit, at the limits of the session that ran it.
        pruned_by: None for a trial that reached the top rung; else ``budget:<limit>``,
            ``impossible``, ``duplicate``, ``rung``, ``deadline``, ``interrupted`` or ``failed``.
        message: what was wrong, where something was.
        rung: the last rung reached, from 0; None if none was.
        epochs: trained in total at that rung.
        metrics: what validation said there.
        rung_losses: validation loss at each rung reached.
        number: of the trial in the study, once it is stored.
    """

    asked: Asked
    candidate: Candidate | None = None
    cost: Cost | None = None
    violations: Mapping[str, float] = field(default_factory=dict)
    pruned_by: str | None = None
    message: str | None = None
    rung: int | None = None
    epochs: int = 0
    metrics: Metrics | None = None
    rung_losses: tuple[float, ...] = ()
    number: int | None = None

    @property
    def complete(self) -> bool:
        """Tell whether the trial reached the top rung."""
        return self.pruned_by is None

    @property
    def rejected(self) -> bool:
        """Tell whether the trial was told without any training."""
        reason = self.pruned_by or ""
        return reason.startswith("budget:") or reason in ("impossible", "duplicate")


def values_of(record: Record) -> list[float]:
    """Return the four objectives (``nas.trial.OBJECTIVES``) of a trained record."""
    assert record.metrics is not None
    assert record.cost is not None
    cost = record.cost
    return [record.metrics.val_loss, *map(float, (cost.rom_bytes, cost.ram_bytes, cost.macs))]


def front_of(records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the complete records that no other dominates in the four objectives, by loss."""
    complete = [record for record in records if record.complete]
    if not complete:
        return ()
    values = np.array([values_of(record) for record in complete])
    kept = [record for record, keep in zip(complete, front(values), strict=True) if keep]
    return tuple(sorted(kept, key=lambda record: values_of(record)))


def shown(record: Record) -> FrozenTrial:
    """Return `record` as a trial of the study on disk: four objectives, everything in attributes.

    COMPLETE only from the top rung; failed is FAIL; all else is PRUNED, without values.
    """
    states = {None: TrialState.COMPLETE, "failed": TrialState.FAIL}
    return frozen(
        record.asked,
        state=states.get(record.pruned_by, TrialState.PRUNED),
        values=values_of(record) if record.complete else None,
        user_attrs=_attributes(record),
        constraints=record.violations,
    )


def frozen(
    asked: Asked,
    *,
    state: TrialState,
    values: list[float] | None = None,
    user_attrs: dict[str, Any] | None = None,
    intermediate_values: dict[int, float] | None = None,
    constraints: Mapping[str, float] | None = None,
) -> FrozenTrial:
    """Return a trial as ``optuna.trial.create_trial`` does, in a third of its time.

    It skips the conversion of distributions of Optuna 2, which ours never are.
    """
    now = datetime.now()
    trial = FrozenTrial(
        number=-1,
        trial_id=-1,
        state=state,
        value=None,
        values=values,
        datetime_start=now,
        datetime_complete=now if state.is_finished() else None,
        params=asked.params,
        distributions=asked.distributions,
        user_attrs=user_attrs or {},
        system_attrs={},
        intermediate_values=intermediate_values or {},
    )
    for name, value in (constraints or {}).items():
        trial.set_constraint(name, value)
    return trial


def record_of(trial: FrozenTrial) -> Record:
    """Return the record that `shown` stored."""
    kept = trial.user_attrs
    cost = kept.get("cost")
    return Record(
        asked=Asked(trial.params, trial.distributions),
        candidate=candidate_of(kept["candidate"]) if kept.get("candidate") else None,
        cost=Cost(**cost) if cost else None,
        violations=kept.get("violations", {}),
        pruned_by=kept.get("pruned_by"),
        message=kept.get("message"),
        rung=kept.get("rung"),
        epochs=kept.get("epochs", 0),
        metrics=_metrics_of(kept),
        rung_losses=tuple(kept.get("rung_losses", ())),
        number=trial.number,
    )


def candidate_of(kept: Mapping[str, Any]) -> Candidate:
    """Return the candidate whose `to_dict` was kept."""
    return Candidate.from_dict(kept)


def _attributes(record: Record) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "pruned_by": record.pruned_by,
        "message": record.message,
        "violations": dict(record.violations) or None,
        "cost": record.cost.to_dict() if record.cost else None,
    }
    if record.candidate is not None:
        kept |= {
            "candidate": record.candidate.to_dict(),
            "fingerprint": record.candidate.fingerprint,
        }
    if record.metrics is not None:
        kept |= {
            "rung": record.rung,
            "epochs": record.epochs,
            "rung_losses": list(record.rung_losses),
            **record.metrics.to_dict(),
        }
    return {key: value for key, value in kept.items() if value is not None}


def _metrics_of(kept: Mapping[str, Any]) -> Metrics | None:
    if "val_loss" not in kept:
        return None
    names = ("val_loss", "val_accuracy", "train_loss", "seconds", "curve")
    return Metrics(**{name: kept[name] for name in names})


def distribution(
    low: float, high: float, *, step: float | None, log: bool, whole: bool
) -> BaseDistribution:
    """Return Optuna's distribution of a range, as ``Trial.suggest_*`` makes it."""
    if whole:
        return IntDistribution(int(low), int(high), log=log, step=int(step or 1))
    return FloatDistribution(low, high, log=log, step=step)


def categorical(values: Any) -> BaseDistribution:
    """Return Optuna's distribution of a set of values."""
    return CategoricalDistribution(list(values))
