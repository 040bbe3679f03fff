"""Random candidates of the shipped search spaces, each the same for the same seed.

Prices are fitted on seeds below `HELD_OUT` only; what is shown of them uses seeds from there on.
"""

from collections.abc import Iterator
from itertools import count, islice

import numpy as np

from nas.cost import macs
from nas.graph.graph import Graph
from nas.space import ImpossibleCandidate, RandomChoices, build_graph, check_taps
from nas.space.candidate import Candidate
from tests.spaces import log_mel_space

__all__ = ["HELD_OUT", "N_CLASSES", "networks"]

HELD_OUT = 10_000
N_CLASSES = 10


def networks(
    family: str, n: int, *, first_seed: int, max_macs: int = 6_000_000
) -> list[tuple[Candidate, Graph]]:
    """Return the first `n` buildable candidates of `family` from `first_seed` on."""
    return list(islice(_networks(family, first_seed, max_macs), n))


def _networks(family: str, first_seed: int, max_macs: int) -> Iterator[tuple[Candidate, Graph]]:
    space = log_mel_space(family)
    for seed in count(first_seed):
        choices = RandomChoices(np.random.default_rng(seed))
        try:
            candidate = space.suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
            graph = build_graph(candidate, N_CLASSES)
            check_taps(graph, family)
        except ImpossibleCandidate:
            continue
        if macs(graph) <= max_macs:
            yield candidate, graph
