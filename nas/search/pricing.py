"""From choices to a priced candidate, or to the reason why there is none. No training, no ask."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nas.budget import Cost, Limits, violations
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from nas.search.record import Record
from nas.search.recorder import RecordedChoices
from nas.search.verdict import worst
from nas.space.build import ImpossibleCandidate, build_graph
from nas.space.choices import Choices
from nas.space.space import Space
from nas.space.taps import check_taps

__all__ = ["Appraiser", "Price"]


class Price(Protocol):
    """Prices a graph behind its front end; without `detail` only what limits ask for."""

    def __call__(self, graph: Graph, settings: FrontEndSettings, /, *, detail: bool) -> Cost:
        """Return the cost."""
        ...


@dataclass
class Appraiser:
    """Appraises choices; `seconds` keeps how long each candidate's graph and price took.

    Attributes:
        space: the search space.
        sample_rate_hz: of the recordings.
        clip_ms: clip lengths that suit the data.
        n_classes: outputs of the network.
        price: what a graph and its front end cost.
        limits: what may be used.
    """

    space: Space
    sample_rate_hz: int
    clip_ms: Sequence[int]
    n_classes: int
    price: Price
    limits: Limits
    seconds: list[float] = field(default_factory=list)

    def appraise(self, choices: Choices) -> Record:
        """Return a record: `pruned_by` None means that the candidate may be trained."""
        recorded = RecordedChoices(choices)
        try:
            candidate = self.space.suggest(
                recorded, sample_rate_hz=self.sample_rate_hz, clip_ms=self.clip_ms
            )
        except ImpossibleCandidate as error:
            return Record(asked=recorded.asked, pruned_by="impossible", message=str(error))
        start = time.perf_counter()
        record = self._priced(Record(asked=recorded.asked, candidate=candidate))
        self.seconds.append(time.perf_counter() - start)
        return record

    def _priced(self, record: Record) -> Record:
        candidate = record.candidate
        assert candidate is not None
        try:
            graph = build_graph(candidate, self.n_classes)
            check_taps(graph, candidate.family)
            cost = self.price(graph, candidate.frontend, detail=False)
        except ImpossibleCandidate as error:
            return Record(
                asked=record.asked, candidate=candidate, pruned_by="impossible", message=str(error)
            )
        found = violations(cost, self.limits)
        if worst(found) is None:
            cost = self.price(graph, candidate.frontend, detail=True)
        return Record(
            asked=record.asked,
            candidate=candidate,
            cost=cost,
            violations=found,
            pruned_by=worst(found),
        )
