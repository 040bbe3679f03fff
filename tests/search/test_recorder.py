"""What was asked is told to Optuna as if nobody had asked before."""

import numpy as np
import pytest

from nas.search.recorder import RecordedChoices
from nas.space import ImpossibleCandidate, RandomChoices, load_space


@pytest.mark.parametrize("name", ["default", "waveform"])
def test_domains_that_are_kept_are_those_that_would_be_made(name):
    space, kept = load_space(name), {}
    for seed in range(200):
        both = [
            RecordedChoices(RandomChoices(np.random.default_rng(seed)), *known)
            for known in ((kept,), ())
        ]
        for choices in both:
            try:
                space.suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
            except ImpossibleCandidate:
                continue
        assert both[0].asked == both[1].asked
    assert set(both[0].distributions) < set(kept)
