"""What a display needs to know of a search: the attributes it reads, and no more.

``nas.search.Event`` and ``nas.search.Progress`` satisfy these; naming them here keeps Optuna out
of the start of the command line, and lets a test play a search with plain objects.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Protocol

from nas.budget import Cost
from nas.space.candidate import Candidate
from nas.trial import Metrics

__all__ = ["Event", "Progress", "Record"]


class Record(Protocol):
    """One trial."""

    @property
    def number(self) -> int | None: ...  # noqa: D102
    @property
    def candidate(self) -> Candidate | None: ...  # noqa: D102
    @property
    def cost(self) -> Cost | None: ...  # noqa: D102
    @property
    def metrics(self) -> Metrics | None: ...  # noqa: D102
    @property
    def rung(self) -> int | None: ...  # noqa: D102


class Progress(Protocol):
    """Counts over the study."""

    @property
    def rejected(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def arrivals(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def complete(self) -> int: ...  # noqa: D102
    @property
    def stopped(self) -> int: ...  # noqa: D102
    @property
    def failed(self) -> int: ...  # noqa: D102
    @property
    def cut(self) -> int: ...  # noqa: D102
    @property
    def trained(self) -> int: ...  # noqa: D102
    @property
    def running(self) -> int: ...  # noqa: D102
    @property
    def best(self) -> Record | None: ...  # noqa: D102


class Event(Protocol):
    """Something happened to a trial."""

    @property
    def kind(self) -> Enum: ...  # noqa: D102
    @property
    def record(self) -> Record: ...  # noqa: D102
    @property
    def progress(self) -> Progress: ...  # noqa: D102
    @property
    def slot(self) -> int | None: ...  # noqa: D102
