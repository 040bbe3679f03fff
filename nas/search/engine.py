"""The search: ask, price, train on rungs, tell; until trials, time or the space run out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.audio.dataset import Dataset
from nas.budget import Limits
from nas.errors import ConfigError
from nas.pareto import front
from nas.search import stats, study
from nas.search.climb import Ladder
from nas.search.interrupt import Interrupt
from nas.search.journal import Journal
from nas.search.pool import make_pool
from nas.search.pricing import Appraiser, Price
from nas.search.probe import no_feasible
from nas.search.progress import (
    Event,
    Kind,
    Listener,
    Progress,
    SearchResult,
    SecondsRule,
    Stop,
)
from nas.search.proposer import TURNS, Proposer
from nas.search.protocol import MakeEvaluate
from nas.search.record import Record, values_of
from nas.search.rungs import check_ladder
from nas.search.verdict import fits_now, judged_again
from nas.space.space import Space
from nas.trial import Fidelity

__all__ = ["DataInfo", "front_of", "run"]

REFUSED_AT_MOST = 2_000  # in a row: then nothing fits, or the space is used up
WAIT_SECONDS = 0.2


@dataclass(frozen=True)
class DataInfo:
    """What a search needs to know of the recordings."""

    digest: str
    sample_rate_hz: int
    clip_ms: tuple[int, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> "DataInfo":
        """Return it for `dataset`."""
        return cls(dataset.digest, dataset.sample_rate_hz, dataset.clip_ms)


def run(
    *,
    study_dir: Path,
    space: Space,
    dataset_info: DataInfo,
    n_classes: int,
    price: Price,
    limits: Limits,
    make_evaluate: MakeEvaluate,
    fidelities: Sequence[Fidelity],
    n_workers: int,
    seed: int,
    max_trials: int | None = None,
    seconds: float | SecondsRule | None = None,
    on_event: Listener | None = None,
    config: Mapping[str, Any] | None = None,
    priced_for: str = "",
    eta: int = 3,
    turns: Sequence[str] = TURNS,
    refused_at_most: int = REFUSED_AT_MOST,
) -> SearchResult:
    """Search until `max_trials` were trained in the study, or for `seconds`, and return the front.

    The same call on the same folder goes on where it was, whatever ended it.

    Args:
        study_dir: folder of the study; made if it is not there.
        space: what may be chosen.
        dataset_info: of the recordings.
        n_classes: labels.
        price: from graph and front end to cost; may raise ConfigError or ImpossibleCandidate.
        limits: what a candidate may use; may differ from an earlier session's.
        make_evaluate: called in each worker; pickles.
        fidelities: rungs, lowest first.
        n_workers: processes; 0 trains in this one.
        seed: of proposals and, with the candidate's fingerprint, of trainings.
        max_trials: trained trials in the study, earlier sessions included.
        seconds: of this session, or a rule that says it anew from the complete trials.
        on_event: told of each rejection, start, rung and end, in this process.
        config: further content of study.json.
        priced_for: what `price` prices for: earlier prices are kept, so it must stay the same.
        eta: one in `eta` goes on from a rung.
        turns: which source proposes in turn; see `proposer`.
        refused_at_most: candidates refused in a row before the search gives up.

    Raises:
        ConfigError: the study was made with other data, space, rungs or seed, or is in use.
        NoFeasibleModelError: nothing fits the limits.
        NasError: no training can start, or each of the first ones failed.
        KeyboardInterrupt: Ctrl-C, after everything told was stored.
    """
    if max_trials is None and seconds is None:
        raise ConfigError("search: give a number of trials or a time, or it never ends")
    check_ladder(fidelities)
    identity = study.identity_of(
        data_digest=dataset_info.digest,
        space_hash=space.hash,
        n_classes=n_classes,
        fidelities=fidelities,
        seed=seed,
        clip_ms=dataset_info.clip_ms,
        priced_for=priced_for,
    )
    rate, clips = dataset_info.sample_rate_hz, dataset_info.clip_ms
    with Journal(study_dir) as journal, Interrupt() as interrupt:
        study.check_or_write(study_dir, identity, config or {})
        rng = np.random.default_rng([seed, len(journal)])
        appraiser = Appraiser(space, rate, clips, n_classes, price, limits)
        pool = make_pool(n_workers, make_evaluate=make_evaluate, log_dir=study_dir)
        search = _Search(
            journal=journal,
            proposer=Proposer(appraiser, rng, turns=turns),
            ladder=Ladder(pool, fidelities, eta=eta, seed=seed),
            interrupt=interrupt,
            max_trials=max_trials,
            seconds=seconds,
            on_event=on_event or (lambda _: None),
            seed=seed,
            refused_at_most=refused_at_most,
        )
        return search.run(study_dir)


class _Search:
    def __init__(
        self,
        *,
        journal: Journal,
        proposer: Proposer,
        ladder: Ladder,
        interrupt: Interrupt,
        max_trials: int | None,
        seconds: float | SecondsRule | None,
        on_event: Listener,
        seed: int,
        refused_at_most: int,
    ) -> None:
        self._refused_at_most = refused_at_most
        self._journal = journal
        self._proposer = proposer
        self._ladder = ladder
        self._interrupt = interrupt
        self._max_trials = max_trials
        self._rule = seconds
        self._on_event = on_event
        self._seed = seed
        self._progress = Progress()
        self._complete: list[Record] = []
        self._start = time.monotonic()

    def run(self, study_dir: Path) -> SearchResult:
        """Search, and leave the journal and the statistics whole however it ends."""
        for record in self._journal.records():
            self._recall(record)
        reason = "interrupted"
        try:
            stop = self._loop()
            reason = "interrupted" if self._interrupt.asked else "deadline"
        finally:
            self._cut(reason)
            self._ladder.close()
            self._journal.flush()
            figures = self._stats()
            stats.write(study_dir, figures)
        if self._interrupt.asked:
            raise KeyboardInterrupt
        return SearchResult(
            study_dir=study_dir,
            stop=stop,
            progress=self._progress,
            front=front_of(self._complete),
            stats=figures,
        )

    def _loop(self) -> Stop:
        while not self._interrupt.asked:
            stop = self._must_stop()
            if stop is Stop.SECONDS or (stop and not self._ladder.running):
                return stop
            asking = stop is None and bool(self._ladder.idle())
            if asking:
                self._propose()
            self._step(0.0 if asking else WAIT_SECONDS)
            self._journal.flush_if_late()
        return Stop.SECONDS

    def _must_stop(self) -> Stop | None:
        self._progress.seconds_left = self._seconds_left()
        if self._progress.seconds_left is not None and self._progress.seconds_left <= 0:
            self._give_up_if_nothing_fits()
            return Stop.SECONDS
        under_way = self._progress.trained + len(self._ladder.running)
        if self._max_trials is not None and under_way >= self._max_trials:
            return Stop.TRIALS
        if self._proposer.refused_in_a_row >= self._refused_at_most:
            self._give_up_if_nothing_fits()
            return Stop.EXHAUSTED
        return None

    def _give_up_if_nothing_fits(self) -> None:
        refused = self._progress.rejected.total()
        if not self._proposer.any_feasible and refused:
            raise no_feasible(self._proposer.appraiser, refused, self._seed)

    def _seconds_left(self) -> float | None:
        if self._rule is None:
            return None
        total = self._rule(self._complete) if callable(self._rule) else self._rule
        return total - (time.monotonic() - self._start)

    def _propose(self) -> None:
        record = self._proposer.propose()
        if record.pruned_by is not None:
            self._proposer.learn(record)
            self._store(record, None, Kind.REJECTED)
            return
        slot = self._ladder.start(record)
        self._proposer.begin(slot, record)
        self._tell(Kind.STARTED, record, slot)

    def _step(self, seconds: float) -> None:
        for slot, record, finished in self._ladder.step(seconds):
            if record.rung is not None and record.pruned_by != "failed":
                self._progress.arrive(record.rung)
                self._tell(Kind.AT_RUNG, record, slot)
            if finished:
                self._finish(slot, record)

    def _finish(self, slot: int, record: Record) -> None:
        self._proposer.end(slot, record)
        self._store(record, slot, Kind.FINISHED)

    def _store(self, record: Record, slot: int | None, kind: Kind) -> None:
        stored = self._journal.add(record)
        self._count(stored)
        self._tell(kind, stored, slot)

    def _count(self, record: Record) -> None:
        self._progress.count(record)
        if record.complete:
            self._complete.append(record)

    def _tell(self, kind: Kind, record: Record, slot: int | None) -> None:
        self._progress.running = len(self._ladder.running)
        self._on_event(Event(kind, record, self._progress, slot))

    def _cut(self, reason: str) -> None:
        for slot, record in self._ladder.cut(reason):
            self._finish(slot, record)

    def _recall(self, record: Record) -> None:
        """Count and learn a record of an earlier session; its limits may have been others."""
        again = judged_again(record, self._proposer.appraiser.limits)
        untrained = fits_now(record, again)
        self._count(record if untrained else again)
        for rung in range(len(record.rung_losses)):
            self._progress.arrive(rung)
        self._ladder.recall(record)
        if not untrained:
            self._proposer.learn(again)

    def _stats(self) -> dict[str, Any]:
        return stats.summary(
            self._progress,
            price=self._proposer.appraiser.seconds,
            record=self._journal.seconds,
            record_trained=self._journal.trained_seconds,
            ask=self._proposer.ask_seconds,
        )


def front_of(records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the complete records that no other dominates in the four objectives, by loss."""
    complete = [record for record in records if record.complete]
    if not complete:
        return ()
    values = np.array([values_of(record) for record in complete])
    kept = [record for record, keep in zip(complete, front(values), strict=True) if keep]
    return tuple(sorted(kept, key=lambda record: values_of(record)))
