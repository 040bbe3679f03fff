"""The search: ask, price, train on rungs, tell; until trials, time or the space run out."""

import time
from pathlib import Path
from typing import Any

from nas.search import stats
from nas.search.climb import Ladder
from nas.search.interrupt import Interrupt
from nas.search.journal import Journal
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
from nas.search.proposer import Proposer
from nas.search.record import Record, front_of
from nas.search.verdict import fits_now, judged_again

__all__ = ["Search"]

WAIT_SECONDS = 0.2


class Search:
    """One session of a study; `run` it once."""

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
        left = self._seconds_left()
        if left is not None and left <= 0:
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
        self._progress.count(stored)
        self._keep(stored)
        self._tell(kind, stored, slot)

    def _keep(self, record: Record) -> None:
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
        judged = record if untrained else again
        self._progress.recall(judged)
        self._keep(judged)
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
