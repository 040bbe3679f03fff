"""Which candidate is tried next: chance at first, then TPE on two views, and neighbours.

Every proposal is priced before anything else; what is over budget, impossible or already tried is
returned as such and never trained. Sources take turns, one turn for each candidate trained:

- start: chance, two in three behind the front end that people usually take (`UsualFrontEnd`);
  while nothing fits, also the smallest corner of each family and neighbours of the candidate that
  violates least, which walk into a tight budget within some hundred prices;
- then `TURNS`: TPE on val_loss under constraints, TPE on all four objectives, and a neighbour of a
  candidate of the front (aging evolution's mutation: Real et al. 2019, arXiv:1802.01548). One
  neighbour in three has other features before the same network, the others keep the features:
  what both change at once, few trials cannot tell apart.

A TPE turn that was refused `PATIENCE` times in a row falls back to a neighbour or chance.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from optuna.trial import Trial

from nas.pareto import front
from nas.search.pricing import Appraiser
from nas.search.record import Record, values_of
from nas.search.views import Aim, View
from nas.space.choices import Choices, MinimumChoices, NeighbourChoices, RandomChoices
from nas.space.usual import FEATURES, UsualFrontEnd

__all__ = ["Proposer"]

TURNS = ("loss", "front", "loss", "neighbour")
PATIENCE = 20
MUTATION_RATE = 0.15
FEATURES_RATE = 0.3  # of the fewer choices of a front end
FEATURES_SHARE = 1 / 3  # of neighbours
PLAIN_CHANCE = 50  # refused draws before neighbours and corners are tried


@dataclass
class Proposer:
    """Proposes candidates and learns from what came of them.

    Attributes:
        appraiser: prices what is proposed.
        rng: all randomness.
        startup: candidates trained before TPE and neighbours take turns.
        turns: whose turn it is, cyclically.
    """

    appraiser: Appraiser
    rng: np.random.Generator
    startup: int = 10
    turns: Sequence[str] = TURNS
    ask_seconds: list[float] = field(default_factory=list)
    nearest: Record | None = None
    _known: set[str] = field(default_factory=set)
    _trained: list[Record] = field(default_factory=list)
    _begun: int = 0
    _running: int = 0
    _refused: int = 0
    _corners: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._corners = list(self.appraiser.space.families)
        self._views = {aim.value: View(aim, self.rng, self.startup) for aim in Aim}

    @property
    def any_feasible(self) -> bool:
        """Tell whether a candidate that fits was ever found."""
        return self._begun > 0 or bool(self._trained)

    @property
    def refused_in_a_row(self) -> int:
        """Proposals refused since the last one that may be trained."""
        return self._refused

    def propose(self) -> Record:
        """Return one appraised proposal; `pruned_by` None means that it may be trained."""
        start, n_priced = time.perf_counter(), len(self.appraiser.seconds)
        record = self._checked(self._draw(self._source()))
        priced = sum(self.appraiser.seconds[n_priced:])
        self.ask_seconds.append(time.perf_counter() - start - priced)
        self._refused = self._refused + 1 if record.pruned_by else 0
        return record

    def begin(self, key: int, record: Record) -> None:
        """Note that `record` goes into training."""
        assert record.candidate is not None
        self._begun += 1
        self._running += 1
        self._known.add(record.candidate.fingerprint)
        for view in self._views.values():
            view.begin(key, record.asked)

    def end(self, key: int, record: Record) -> None:
        """Learn what came of the candidate begun as `key`."""
        self._running -= 1
        for view in self._views.values():
            view.end(key)
        assert record.candidate is not None
        self._known.discard(record.candidate.fingerprint)
        self.learn(record)

    def learn(self, record: Record) -> None:
        """Learn from a finished or rejected record, of this session or an earlier one."""
        if record.candidate is not None and record.pruned_by not in ("deadline", "interrupted"):
            self._known.add(record.candidate.fingerprint)
        if record.metrics is not None and record.pruned_by in (None, "rung"):
            self._trained.append(record)
        if record.violations and record.rejected:
            self.nearest = _less_violated(self.nearest, record)
        for view in self._views.values():
            view.tell(record)

    def _checked(self, record: Record) -> Record:
        candidate = record.candidate
        if candidate is not None and candidate.fingerprint in self._known:
            return replace(record, pruned_by="duplicate")
        return self.appraiser.completed(record) if record.pruned_by is None else record

    def _source(self) -> str:
        if self._running + len(self._trained) < self.startup or not self._trained:
            return self._start_source()
        turn = self.turns[self._begun % len(self.turns)]
        if turn in self._views and self._refused >= PATIENCE:
            return "neighbour" if self._refused % 2 else "chance"
        return turn

    def _start_source(self) -> str:
        if self._refused < PLAIN_CHANCE:
            return "chance" if (self._begun + self._refused) % 3 == 2 else "usual"
        return "corner" if self._corners else ("nearest" if self._refused % 4 else "chance")

    def _draw(self, source: str) -> Record:
        if source not in self._views:
            return self.appraiser.appraise(self._choices(source))
        view = self._views[source]
        trial: Trial = view.ask()
        try:
            return self.appraiser.appraise(trial)
        finally:
            view.release(trial)

    def _choices(self, source: str) -> Choices:
        if source == "corner":
            return MinimumChoices({"family": self._corners.pop(0)})
        if source == "usual":
            return UsualFrontEnd(self.rng)
        parent = self.nearest if source == "nearest" else self._parent()
        if source == "chance" or parent is None:
            return RandomChoices(self.rng)
        if source == "nearest":
            return NeighbourChoices(self.rng, parent=parent.asked.params, rate=MUTATION_RATE)
        return self._neighbour(parent)

    def _neighbour(self, parent: Record) -> Choices:
        """Return choices of another network behind the same features, or the other way round."""
        features = bool(self.rng.random() < FEATURES_SHARE)
        return NeighbourChoices(
            self.rng,
            parent=parent.asked.params,
            rate=FEATURES_RATE if features else MUTATION_RATE,
            moves=lambda name: name.startswith(FEATURES) == features,
        )

    def _parent(self) -> Record | None:
        """Return one of the front of loss against MACs, drawn evenly from its better half."""
        if not self._trained:
            return None
        best_rung = max(record.rung or 0 for record in self._trained)
        pool = [record for record in self._trained if (record.rung or 0) == best_rung]
        values = np.array([values_of(record) for record in pool])
        chosen = np.flatnonzero(front(values[:, [0, 3]]))
        ordered = sorted(chosen, key=lambda index: float(values[index, 0]))
        better = ordered[: (len(ordered) + 1) // 2]
        return pool[better[int(self.rng.integers(len(better)))]]


def _less_violated(first: Record | None, second: Record) -> Record:
    return second if first is None or _excess(second) < _excess(first) else first


def _excess(record: Record) -> float:
    return sum(value for value in record.violations.values() if value > 0)
