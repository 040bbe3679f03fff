"""What a search tells while it runs and when it is over."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from nas.search.record import Record

__all__ = [
    "Event",
    "Kind",
    "Listener",
    "Progress",
    "SearchResult",
    "SecondsRule",
    "Stop",
    "progress_of",
]


class Kind(Enum):
    """What happened."""

    REJECTED = "rejected"
    STARTED = "started"
    AT_RUNG = "at_rung"
    FINISHED = "finished"


class Stop(Enum):
    """Why the search ended."""

    TRIALS = "trials"
    SECONDS = "seconds"
    EXHAUSTED = "exhausted"


@dataclass
class Progress:
    """Counts over the whole study, earlier sessions included.

    Each trial that ended is in one of `rejected`, `complete`, `stopped`, `failed` and `cut`.

    Attributes:
        rejected: never trained, by reason (``budget:ram_bytes``, ``impossible``, ``duplicate``).
        arrivals: trainings that reached each rung.
        complete: trials that reached the top rung.
        stopped: trials stopped at a rung.
        failed: trials whose training failed.
        cut: trials cut by the deadline or by Ctrl-C.
        running: trials in training now.
        best: the complete trial with the lowest validation loss.
    """

    rejected: Counter[str] = field(default_factory=Counter)
    arrivals: list[int] = field(default_factory=list)
    complete: int = 0
    stopped: int = 0
    failed: int = 0
    cut: int = 0
    running: int = 0
    best: Record | None = None

    @property
    def trained(self) -> int:
        """Trials told after training: what a limit on trials counts."""
        return self.complete + self.stopped + self.failed

    def count(self, record: Record) -> None:
        """Count a finished record."""
        if record.rejected:
            self.rejected[str(record.pruned_by)] += 1
        elif record.pruned_by == "failed":
            self.failed += 1
        elif record.pruned_by == "rung":
            self.stopped += 1
        elif record.pruned_by is not None:
            self.cut += 1
        else:
            self.complete += 1
            self.best = _better(self.best, record)

    def recall(self, record: Record) -> None:
        """Count a record of the journal with the rungs it reached."""
        self.count(record)
        for rung in range(len(record.rung_losses)):
            self.arrive(rung)

    def arrive(self, rung: int) -> None:
        """Count an arrival at `rung`."""
        self.arrivals += [0] * (rung + 1 - len(self.arrivals))
        self.arrivals[rung] += 1


def progress_of(records: Iterable[Record]) -> Progress:
    """Return the counts over `records`, all of a study: what its search showed when it ended."""
    progress = Progress()
    for record in records:
        progress.recall(record)
    return progress


@dataclass(frozen=True)
class Event:
    """Something happened to `record`; `progress` is live, read it at once.

    Attributes:
        kind: what happened.
        record: candidate, cost and, at a rung or finished, what validation said.
        progress: counts so far.
        slot: the worker, where one is concerned.
    """

    kind: Kind
    record: Record
    progress: Progress
    slot: int | None = None


Listener = Callable[[Event], None]
SecondsRule = Callable[[Sequence[Record]], float]
"""From the complete trials so far to the seconds that this session may search in total."""


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """How a search ended.

    Attributes:
        study_dir: where everything lies.
        stop: why it ended.
        progress: counts over the study.
        front: complete trials that no other dominates in the four objectives, lowest loss first.
        stats: what ``search_stats.json`` holds.
    """

    study_dir: Path
    stop: Stop
    progress: Progress
    front: tuple[Record, ...]
    stats: dict[str, Any]


def _better(first: Record | None, second: Record) -> Record:
    if first is None:
        return second
    assert first.metrics is not None
    assert second.metrics is not None
    return second if second.metrics.val_loss < first.metrics.val_loss else first
