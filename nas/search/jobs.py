"""Picklable jobs on worker processes: the retraining of finalists and the like."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.search.pool import Workers, make_pool
from nas.search.protocol import Done, Job, Message

__all__ = ["Outcome", "map_jobs"]

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """What came of one item: a result, or the reason why there is none."""

    result: Any = None
    failed: str | None = None


def map_jobs(
    function: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    n_workers: int,
    log_dir: Path,
    on_done: Callable[[int, Outcome], None] | None = None,
    may_start: Callable[[], bool] | None = None,
    seconds_at_most: float | None = None,
) -> list[Outcome]:
    """Call `function` on each of `items` in worker processes; results come in the items' order.

    Args:
        function: a module's function or a partial of one; it may import TensorFlow.
        items: its arguments, which pickle.
        n_workers: processes; 0 calls it here.
        log_dir: where ``worker-N.log`` goes.
        on_done: called here with index and outcome as soon as each is there.
        may_start: asked before each start; once it says no, the rest is not run.
        seconds_at_most: a job, the start of its process included; then its worker is killed and
            the job failed. A job called here is not cut.
    """
    outcomes = [Outcome(failed="not run: no time left")] * len(items)
    pool = make_pool(min(n_workers, len(items)), make_evaluate=None, log_dir=log_dir)
    running = _Running(pool, seconds_at_most)
    waiting = list(range(len(items)))
    try:
        while waiting or running.held:
            if waiting and may_start is not None and not may_start():
                waiting.clear()
            for slot in pool.idle()[: len(waiting)]:
                index = waiting.pop(0)
                running.start(slot, index, Job(function, items[index]))
            for index, outcome in running.finished():
                outcomes[index] = outcome
                if on_done is not None:
                    on_done(index, outcome)
    finally:
        pool.close()
    return outcomes


@dataclass
class _Running:
    """The jobs under way.

    Attributes:
        pool: where they run.
        seconds_at_most: a job; None for as long as it takes.
        held: index of the job in each slot, and when it started.
    """

    pool: Workers
    seconds_at_most: float | None
    held: dict[int, tuple[int, float]] = field(default_factory=dict)

    def start(self, slot: int, index: int, job: Job) -> None:
        self.held[slot] = (index, time.monotonic())
        self.pool.send(slot, job)

    def finished(self) -> list[tuple[int, Outcome]]:
        """Return index and outcome of the jobs that ended within `POLL_SECONDS`, or were cut."""
        found = []
        for slot, message in self.pool.wait(POLL_SECONDS):
            found.append((self.held.pop(slot)[0], _outcome(message)))
            self.pool.release(slot)
        return found + [(self._cut(slot), self._too_long()) for slot in self._overdue()]

    def _overdue(self) -> list[int]:
        if self.seconds_at_most is None:
            return []
        latest = time.monotonic() - self.seconds_at_most
        return [slot for slot, (_, start) in self.held.items() if start < latest]

    def _cut(self, slot: int) -> int:
        self.pool.abandon(slot)
        return self.held.pop(slot)[0]

    def _too_long(self) -> Outcome:
        return Outcome(failed=f"took longer than {self.seconds_at_most:.0f} s")


def _outcome(message: Message) -> Outcome:
    if isinstance(message, Done):
        return Outcome(result=message.result)
    return Outcome(failed=getattr(message, "reason", "no answer"))
