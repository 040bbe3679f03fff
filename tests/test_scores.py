import numpy as np
import pytest

from nas.scores import confusion_matrix, paired_interval, per_class, wilson_interval


def test_wilson_interval_matches_published_example():
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I: 81 of 263.
    low, high = wilson_interval(81, 263)
    assert (low, high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_wilson_interval_of_all_right_stays_below_one():
    # Closed form at p = 1: lower bound n / (n + z^2).
    low, high = wilson_interval(300, 300)
    assert low == pytest.approx(300 / (300 + 1.959964**2), rel=1e-6)
    assert high == pytest.approx(1.0)


def test_per_class_by_hand():
    matrix = confusion_matrix([0, 0, 1, 1, 2], [0, 1, 1, 1, 0], 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 2, 0], [1, 0, 0]]
    scores = per_class(matrix)
    assert scores["precision"] == pytest.approx([1 / 2, 2 / 3, 0])
    assert scores["recall"] == pytest.approx([1 / 2, 1, 0])
    assert scores["f1"] == pytest.approx([1 / 2, 4 / 5, 0])


def test_paired_interval_by_hand():
    first = np.array([1, 1, 1, 0], dtype=bool)
    second = np.array([1, 0, 0, 0], dtype=bool)
    mean, low, high = paired_interval(first, second)
    assert mean == pytest.approx(0.5)
    assert high - mean == pytest.approx(1.959964 * 0.5 / 2, rel=1e-6)
    assert mean - low == pytest.approx(high - mean)
