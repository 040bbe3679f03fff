"""Smoothing, thresholds and refractory time: closed forms, and the C against its twin."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.detector import Detector
from nas.detector.settings import NEVER
from tests.detector.compiled import CompiledDetector

BOTH = pytest.mark.parametrize("kind", [Detector, CompiledDetector])


@st.composite
def cases(draw):
    """Settings and a sequence of scores, often equal, often near the thresholds."""
    count, window = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    levels = draw(st.sampled_from([(-128, 127), (-2, 3), (60, 127)]))
    score = st.integers(*levels)
    thresholds = draw(st.lists(score | st.just(NEVER), min_size=count, max_size=count))
    rows = draw(st.lists(st.lists(score, min_size=count, max_size=count), max_size=60))
    return thresholds, window, draw(st.integers(0, 6)), rows


@settings(max_examples=500, deadline=None)
@given(cases())
def test_the_c_decides_as_its_twin(case):
    thresholds, window, refractory, rows = case
    pair = [
        kind(thresholds, window=window, refractory=refractory)
        for kind in (Detector, CompiledDetector)
    ]
    for row in rows:
        twin, compiled = (one.push(row) for one in pair)
        assert twin == compiled


@BOTH
def test_a_step_fires_when_the_mean_reaches_the_threshold(kind):
    """After a step from -128 to 127, j of k scores make a mean of -128 + floor(255 j / k)."""
    k, threshold = 5, 0
    detector = kind([NEVER, threshold], window=k, refractory=100)
    for _ in range(k):
        assert detector.push([127, -128]) is None
    fired = [detector.push([-128, 127]) for _ in range(k)]
    first = next(j for j in range(1, k + 1) if -128 + 255 * j // k >= threshold)
    assert fired.index((1, -128 + 255 * first // k)) == first - 1 == 2
    assert [one for one in fired if one] == [(1, 25)]


@BOTH
def test_a_mean_is_rounded_down(kind):
    for scores, mean in (([10, 11, 11], 10), ([-10, -11, -11], -11), ([-1, 0, 0], -1)):
        for threshold, wanted in ((mean, (0, mean)), (mean + 1, None)):
            detector = kind([threshold], window=3, refractory=0)
            assert [detector.push([score]) for score in scores] == [None, None, wanted]


@BOTH
@pytest.mark.parametrize("refractory", [0, 1, 4])
def test_a_lasting_sound_fires_again_when_the_refractory_time_is_over(kind, refractory):
    detector = kind([0], window=2, refractory=refractory)
    fired = [index for index in range(30) if detector.push([100])]
    assert fired == list(range(1, 30, refractory + 1))


@BOTH
def test_background_never_fires_and_holds_others_back(kind):
    detector = kind([NEVER, -128], window=1, refractory=0)
    assert detector.push([127, 126]) is None
    assert detector.push([126, 127]) == (1, 127)


@BOTH
def test_the_first_of_equals_is_the_best(kind):
    assert kind([0, 0], window=1, refractory=0).push([5, 5]) == (0, 5)


@BOTH
def test_another_class_waits_too(kind):
    detector = kind([0, 0], window=1, refractory=1)
    assert detector.push([9, 0]) == (0, 9)
    assert detector.push([0, 9]) is None
    assert detector.push([0, 9]) == (1, 9)


@BOTH
def test_the_widest_window_does_not_overflow(kind):
    detector = kind([-128], window=65_535, refractory=0)
    for _ in range(65_534):
        assert detector.push([127]) is None
    assert detector.push([126]) == (0, 126)
