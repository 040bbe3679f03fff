"""What was asked is told to Optuna as if nobody had asked before, and Optuna takes it."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import create_trial

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


@given(
    low=st.decimals("0", "2", places=3),
    step=st.decimals("0.001", "0.5", places=3),
    count=st.integers(1, 12),
    seed=st.integers(0, 1_000),
)
def test_numbers_in_steps_are_in_their_domain(low: Decimal, step: Decimal, count, seed):
    """0 to 0.3 in steps of 0.1: three steps are 0.30000000000000004."""
    ends = float(low), float(low + count * step)
    choices = RecordedChoices(RandomChoices(np.random.default_rng(seed)))
    for number in range(8):
        choices.suggest_float(f"x{number}", *ends, step=float(step))
    create_trial(params=choices.params, distributions=choices.distributions, value=0.0)
