"""Thresholds from validation scores, against scikit-learn and by hand."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from nas.detector import Detection, default_detection, is_background, tuned_detection
from nas.detector.header import emit
from nas.detector.settings import NEVER, even_odds
from nas.errors import ConfigError, DataError
from nas.graph.quantized import Quantization

SOFTMAX = Quantization(1 / 256, -128)
LABELS = ["bell", "knock", "_background_"]


def rows(*scores):
    """Scores of bell, the rest to knock."""
    return np.array([[bell, -bell - 1, -128] for bell in scores], np.int8)


def test_the_middle_of_the_run_with_the_best_f1():
    """Bells at 60, 80 and 100, a knock at 20: thresholds 21 to 60 are perfect, their middle 41."""
    found = tuned_detection(rows(60, 80, 100, 20), np.array([0, 0, 0, 1]), LABELS, SOFTMAX)
    bell, knock, background = found.thresholds
    assert (bell.threshold, bell.precision, bell.recall, bell.f1, bell.n) == (41, 1, 1, 1, 3)
    assert bell.probability == pytest.approx((41 + 128) / 256)
    assert (background.threshold, background.probability) == (NEVER, None)
    assert found.source == "validation"
    # The one knock was taken for a bell: nothing to tune on, so one half, and what it gives.
    assert (knock.threshold, knock.precision, knock.recall, knock.n) == (0, None, 0, 1)


def test_a_clear_class_gets_the_middle_above_even_odds():
    """Bells at 100 and more, no other above 0: thresholds 0 to 100 are perfect."""
    found = tuned_detection(rows(100, 110, -90), np.array([0, 0, 1]), LABELS, SOFTMAX)
    assert found.thresholds[0].threshold == 50


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_no_other_threshold_has_a_better_f1(seed, count):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, count, 40)
    logits = rng.normal(size=(40, count)) + 1.5 * np.eye(count)[truth]
    real = np.exp(2 * logits) / np.exp(2 * logits).sum(axis=1, keepdims=True)
    scores = np.clip(np.floor(256 * real) - 128, -128, 127).astype(np.int8)
    labels = [f"c{index}" for index in range(count)]
    for index, one in enumerate(tuned_detection(scores, truth, labels, SOFTMAX).thresholds):
        right, best = truth == index, scores.argmax(axis=1) == index

        def fires(level, index=index, best=best):
            return best & (scores[:, index] >= level)

        curve = [f1_score(right, fires(level), zero_division=0) for level in range(128)]
        chosen = fires(one.threshold)
        assert (one.f1 or 0.0) == pytest.approx(max(curve))
        assert (one.recall or 0.0) == pytest.approx(recall_score(right, chosen, zero_division=0))
        if one.precision is not None:
            assert one.precision == pytest.approx(precision_score(right, chosen))


def test_it_is_kept_as_json_and_read_back():
    found = tuned_detection(rows(60, 80, 20), np.array([0, 0, 1]), LABELS, SOFTMAX)
    assert Detection.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_the_default_is_one_half():
    detection = default_detection(["yes", "Unknown", "_silence_"], SOFTMAX)
    assert [one.threshold for one in detection.thresholds] == [0, NEVER, NEVER]
    assert detection.source == "default"
    assert [one.probability for one in detection.thresholds] == [0.5, None, None]


@pytest.mark.parametrize("output", [Quantization(0.3, 3), Quantization(1 / 256, 0)])
def test_scores_that_are_no_probabilities_fire_nothing(output):
    """A network that ends in logits: one half of what?"""
    detection = default_detection(["yes", "unknown"], output)
    assert [one.threshold for one in detection.thresholds] == [NEVER, NEVER]
    assert detection.source == "none"
    assert f"zero point {output.zero_point}): no class fires until" in detection.rule
    assert "#define NAS_DETECTOR_THRESHOLDS {128, 128}\n" in emit(detection, period_ms=200.0)


def test_even_odds_is_the_lowest_score_of_one_half():
    # Scale 0.3 and zero point 3: 0.5 / 0.3 is 1.67, so 2 steps above the zero point.
    assert even_odds(Quantization(0.3, 3)) == 5
    assert even_odds(Quantization(1e-3, 0)) == 127


@pytest.mark.parametrize(
    ("label", "background"),
    [("_background_", True), ("unknown", True), ("Silence", True), ("silence alarm", False)],
)
def test_background_is_known_by_its_name(label, background):
    assert is_background(label) is background


def test_settings_become_macros():
    detection = default_detection(LABELS, SOFTMAX)
    text = emit(detection, period_ms=208.0)
    assert "#define NAS_DETECTOR_WINDOW 2\n" in text
    # 1,000 ms are 4.8 decisions of 208 ms: four come too soon, the fifth may fire.
    assert "#define NAS_DETECTOR_REFRACTORY 4U\n" in text
    assert "#define NAS_DETECTOR_THRESHOLDS {0, 0, 128}\n" in text


@pytest.mark.parametrize(
    ("period_ms", "decisions"), [(200.0, 4), (250.0, 3), (999.0, 1), (1_000.0, 0), (5_000.0, 0)]
)
def test_the_next_event_may_come_when_the_refractory_time_is_over(period_ms, decisions):
    assert default_detection(LABELS, SOFTMAX).refractory(period_ms) == decisions
    assert decisions * period_ms < 1_000 <= (decisions + 1) * period_ms


@pytest.mark.parametrize("change", [{"window": 0}, {"refractory_ms": -1}, {"window": 65_536}])
def test_impossible_settings_are_refused(change):
    with pytest.raises(ConfigError, match=f"{next(iter(change))} .* is outside"):
        Detection(source="default", rule="", thresholds=(), **change)


def test_scores_of_other_classes_are_refused():
    with pytest.raises(DataError, match="3 classes"):
        tuned_detection(np.zeros((2, 4), np.int8), np.zeros(2, int), LABELS, SOFTMAX)
