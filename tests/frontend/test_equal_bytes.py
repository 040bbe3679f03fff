"""C against its NumPy twin: every byte."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend import LogMelSettings, features, native, stages
from nas.frontend.kinds.log_mel import reference
from tests.frontend.signals import CLASSES, extremes, household, settings, speech

GRID = [
    {},
    {"window_ms": 64, "n_mels": 64},
    {"window_ms": 10, "hop_ms": 10, "n_mels": 16},
    {"window_ms": 2, "hop_ms": 1, "n_mels": 8, "fmin_hz": 0, "fmax_hz": 8_000},
    {"sample_rate_hz": 48_000, "window_ms": 42, "fmax_hz": 24_000, "fmin_hz": 0, "n_mels": 80},
    {"sample_rate_hz": 4_000, "window_ms": 16, "hop_ms": 8, "n_mels": 12, "fmax_hz": 2_000},
    {"window_ms": 64, "pre_emphasis": 0.99, "remove_mean": True, "window_kind": "hamming"},
    {"window_ms": 64, "remove_mean": True, "window_kind": "hamming", "spectrum_kind": "magnitude"},
    {"window_ms": 4, "hop_ms": 2, "n_mels": 8, "pre_emphasis": 0.99, "remove_mean": True},
    {"window_ms": 4, "hop_ms": 2, "n_mels": 8, "fft_length": 2_048, "scale_kind": "ln"},
    {"spectrum_kind": "magnitude", "scale_kind": "ln", "log_offset": 1.0, "triangles": "hz"},
]


@budget(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1), loudness=st.integers(0, 15))
def test_random_settings(chosen, seed, loudness):
    rng = np.random.default_rng(seed)
    limit = 1 << loudness
    samples = rng.integers(-limit, limit, (2, chosen.clip_length), dtype=np.int16, endpoint=False)
    expected = reference.features(samples, chosen)
    assert expected.shape == (2, chosen.n_frames, chosen.n_mels)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("given_settings", GRID, ids=str)
def test_extreme_signals(given_settings):
    chosen = LogMelSettings(clip_ms=300, **given_settings)
    samples = extremes(chosen.clip_length, seed=3)
    expected = reference.features(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("chosen", CLASSES.values(), ids=CLASSES.keys())
def test_sound(chosen):
    step = 16_000 // chosen.sample_rate_hz
    samples = np.concatenate([speech(40), household(20)])[:, ::step]
    expected = reference.features(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


def test_the_chunk_does_not_matter(monkeypatch):
    chosen = LogMelSettings(clip_ms=100)
    samples = extremes(chosen.clip_length, seed=4)
    whole = reference.features(samples, chosen)
    monkeypatch.setattr(stages, "CHUNK", 10)
    np.testing.assert_array_equal(reference.features(samples, chosen), whole)


def test_strided_samples_and_no_clips():
    chosen = LogMelSettings(clip_ms=100)
    samples = extremes(2 * chosen.clip_length, seed=5)[::2, ::2]
    copied = np.ascontiguousarray(samples)
    np.testing.assert_array_equal(features(samples, chosen), features(copied, chosen))
    for compute in (native.features, reference.features):
        none = compute(samples[:0], chosen)
        assert none.shape == (0, chosen.n_frames, chosen.n_mels)
        assert none.dtype == np.int8
