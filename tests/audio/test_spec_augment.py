import numpy as np
import pytest

from nas.audio import spec_augment
from nas.errors import ConfigError

FEATURES = np.random.default_rng(0).normal(size=(200, 49, 40)).astype(np.float32)


def masked(strength, features=FEATURES):
    return spec_augment.mask(features, strength, np.random.default_rng(1))


def test_off_returns_the_features():
    assert masked("off") is FEATURES


@pytest.mark.parametrize(("strength", "number", "widest"), [("light", 1, 0.1), ("strong", 2, 0.2)])
def test_hidden_values_are_the_mean_in_whole_rows_and_columns(strength, number, widest):
    before = FEATURES.copy()
    got = masked(strength)
    assert np.array_equal(FEATURES, before)
    hidden = got != FEATURES
    means = FEATURES.mean(axis=(1, 2), keepdims=True)
    assert np.allclose(got[hidden], np.broadcast_to(means, got.shape)[hidden], atol=1e-6)
    rows, columns = hidden.all(axis=2), hidden.all(axis=1)
    assert np.array_equal(hidden, rows[:, :, None] | columns[:, None, :])
    assert rows.sum(axis=1).max() <= number * widest * 49
    assert columns.sum(axis=1).max() <= number * widest * 40
    assert rows.any()
    assert columns.any()
    assert len({row.tobytes() for row in rows}) > 20


def test_int8_stays_int8_and_takes_the_rounded_mean():
    features = np.full((3, 20, 20), 7, np.int8)
    features[:, :, 0] = -100
    got = masked("strong", features)
    assert got.dtype == np.int8
    assert set(np.unique(got)) <= {7, -100, round((19 * 7 - 100) / 20)}


def test_same_generator_same_masks():
    assert np.array_equal(masked("strong"), masked("strong"))


def test_unknown_strength_lists_the_known():
    with pytest.raises(ConfigError, match="'medium' is none of off, light, strong"):
        masked("medium")
