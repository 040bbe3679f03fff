"""From choices to a priced candidate, or to the reason why there is none. No training, no ask."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from optuna.distributions import BaseDistribution

from nas.budget import Cost, Limits, violations
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from nas.search.record import Asked, Record
from nas.search.recorder import RecordedChoices
from nas.search.verdict import worst
from nas.space.build import ImpossibleCandidate, build_graph
from nas.space.candidate import Candidate
from nas.space.choices import Choices
from nas.space.space import Space
from nas.space.taps import check_taps

__all__ = ["Appraiser", "Detail", "Price", "as_it_is"]


Price = Callable[[Graph, FrontEndSettings], Cost]
"""What a graph costs behind its front end; all that limits ask for."""

Detail = Callable[[Cost, Graph], Cost]
"""The same cost with quantities that no limit asks for."""


def as_it_is(cost: Cost, graph: Graph) -> Cost:
    """Return `cost`."""
    return cost


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
        detail: fills in the cost of what will be trained.
    """

    space: Space
    sample_rate_hz: int
    clip_ms: Sequence[int]
    n_classes: int
    price: Price
    limits: Limits
    detail: Detail = as_it_is
    seconds: list[float] = field(default_factory=list)
    _domains: dict[str, BaseDistribution] = field(default_factory=dict, init=False)

    def appraise(self, choices: Choices) -> Record:
        """Return a record: `pruned_by` None means that the candidate may be trained.

        Its cost is what the limits ask for; see `completed`.
        """
        recorded = RecordedChoices(choices, self._domains)
        try:
            candidate = self.space.suggest(
                recorded, sample_rate_hz=self.sample_rate_hz, clip_ms=self.clip_ms
            )
        except ImpossibleCandidate as error:
            return Record(asked=recorded.asked, pruned_by="impossible", message=str(error))
        start = time.perf_counter()
        record = self._priced(recorded.asked, candidate)
        self.seconds.append(time.perf_counter() - start)
        return record

    def completed(self, record: Record) -> Record:
        """Return the last record appraised, of what will be trained, with its cost in full."""
        assert record.candidate is not None
        assert record.cost is not None
        start = time.perf_counter()
        graph = build_graph(record.candidate, self.n_classes)
        full = replace(record, cost=self.detail(record.cost, graph))
        self.seconds[-1] += time.perf_counter() - start
        return full

    def _priced(self, asked: Asked, candidate: Candidate) -> Record:
        try:
            graph = build_graph(candidate, self.n_classes)
            check_taps(graph, candidate.family)
            cost = self.price(graph, candidate.frontend)
        except ImpossibleCandidate as error:
            return Record(
                asked=asked, candidate=candidate, pruned_by="impossible", message=str(error)
            )
        found = violations(cost, self.limits)
        return Record(
            asked=asked,
            candidate=candidate,
            cost=cost,
            violations=found,
            pruned_by=worst(found),
        )
