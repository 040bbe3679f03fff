"""What a TPE sampler sees: an in-memory study of the trained, the running and a few rejected.

Two views of the same records: `loss` has the one objective val_loss, `front` has all four. A view
is rebuilt every few hundred asks, so that an ask stays quick however many were rejected. TPE's
good group is sized by the trials that have a value: by default it counts every record, and then
pruned trials fill it.
"""

import warnings
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from math import ceil

import numpy as np
import optuna
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial, Trial, TrialState

from nas.search.record import Asked, Record, frozen, values_of
from nas.trial import OBJECTIVES

__all__ = ["Aim", "View"]

VISIBLE_REJECTED = 200
ASKS_BEFORE_REBUILD = 300
GOOD_SHARE = {"loss": 0.15, "front": 0.3}
MOST_GOOD = 25


class Aim(Enum):
    """What a view minimises."""

    LOSS = "loss"
    FRONT = "front"


@dataclass
class View:
    """Asks a TPE sampler for choices.

    Attributes:
        aim: val_loss alone, or all four objectives.
        rng: seeds the samplers.
        startup: records it needs before TPE takes over from chance.
    """

    aim: Aim
    rng: np.random.Generator
    startup: int = 10
    _trained: list[Record] = field(default_factory=list)
    _rejected: deque[Record] = field(default_factory=lambda: deque(maxlen=VISIBLE_REJECTED))
    _running: dict[int, Asked] = field(default_factory=dict)
    _study: optuna.Study | None = None
    _numbers: dict[int, int] = field(default_factory=dict)
    _asks: int = 0

    def ask(self) -> Trial:
        """Return choices; hand them to `release` once the values are drawn."""
        self._asks += 1
        return self._current().ask()

    def release(self, trial: Trial) -> None:
        """Forget the choices that `ask` returned; what came of them is told by `tell`."""
        self._current().tell(trial, state=TrialState.FAIL)
        if self._asks >= ASKS_BEFORE_REBUILD:
            self._study = None

    def begin(self, key: int, asked: Asked) -> None:
        """Show that a candidate is in training, so that it is not proposed again beside it."""
        self._running[key] = asked
        if self._study is not None:
            self._show_running(self._study, key, asked)

    def end(self, key: int) -> None:
        """Show that the candidate begun as `key` is no longer in training."""
        self._running.pop(key, None)
        number = self._numbers.pop(key, None)
        if self._study is not None and number is not None:
            self._study.tell(number, state=TrialState.FAIL)

    def tell(self, record: Record) -> None:
        """Show a finished record; failed ones and duplicates teach nothing and are left out."""
        if record.pruned_by in ("failed", "duplicate", "deadline", "interrupted"):
            return
        (self._rejected if record.rejected else self._trained).append(record)
        if self._study is not None:
            self._study.add_trial(self._seen(record))

    def _current(self) -> optuna.Study:
        if self._study is None:
            self._study = self._rebuilt()
        return self._study

    def _rebuilt(self) -> optuna.Study:
        self._asks = 0
        n_objectives = 1 if self.aim is Aim.LOSS else len(OBJECTIVES)
        study = optuna.create_study(directions=["minimize"] * n_objectives, sampler=self._tpe())
        study.add_trials([self._seen(record) for record in [*self._trained, *self._rejected]])
        self._numbers.clear()
        for key, asked in self._running.items():
            self._show_running(study, key, asked)
        return study

    def _show_running(self, study: optuna.Study, key: int, asked: Asked) -> None:
        self._numbers[key] = len(study.get_trials(deepcopy=False))
        study.add_trial(frozen(asked, state=TrialState.RUNNING))

    def _tpe(self) -> TPESampler:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # gamma: deprecated, no successor yet
            return TPESampler(
                seed=int(self.rng.integers(2**31)),
                n_startup_trials=self.startup,
                gamma=lambda _: self._n_good(),
            )

    def _n_good(self) -> int:
        counted = [r for r in self._trained if r.complete or self.aim is Aim.LOSS]
        return max(1, min(ceil(GOOD_SHARE[self.aim.value] * len(counted)), MOST_GOOD))

    def _seen(self, record: Record) -> FrozenTrial:
        trained = record.metrics if not record.rejected else None
        one = self.aim is Aim.LOSS
        values = values_of(record) if record.complete else None
        return frozen(
            record.asked,
            state=TrialState.COMPLETE if record.complete else TrialState.PRUNED,
            values=values[:1] if values and one else values,
            intermediate_values={record.epochs: trained.val_loss} if trained and one else {},
            constraints=dict(record.violations) or {"impossible": 1.0},
        )
