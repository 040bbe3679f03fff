"""C against its NumPy twin: every byte."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend import LogMelSettings, features, native, stages
from nas.frontend.kinds.log_mel import reference
from tests.frontend import float_reference
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
    {"window_ms": 4, "hop_ms": 2, "n_mels": 8, "fft_length": 256, "scale_kind": "ln"},
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


@pytest.mark.parametrize("window", ["hann", "hamming"])
@pytest.mark.parametrize("n_mels", [8, 40])
def test_the_largest_energies_there_are(window, n_mels):
    """Mean removal makes most of a frame whose middle 29 % are at one end, the rest at the other.

    0.57 x 32,768^2 a sample in an FFT four times as long: sums reach 2^63 and keep below 2^64.
    """
    chosen = LogMelSettings(
        sample_rate_hz=16_000,
        clip_ms=32,
        window_ms=32,
        n_mels=n_mels,
        fmin_hz=0,
        fmax_hz=8_000,
        remove_mean=True,
        window_kind=window,
        fft_length=2_048,
    )
    time = np.arange(512) - 256
    middle = np.where(np.abs(time) < 0.145 * 512, 32_767, -32_768)
    fast = np.where(time % 2, 32_767, -32_768)
    samples = np.stack([middle, -1 - middle, fast, np.where(time % 4 < 2, 32_767, -32_768)])
    samples = samples.astype(np.int16)
    computed = native.features(samples, chosen)
    np.testing.assert_array_equal(computed, reference.features(samples, chosen))
    exact = float_reference.features(samples[0].astype(float), chosen)
    loud = exact > 0  # what is quiet beside full scale has few bits
    assert np.abs(computed[0][loud] - float_reference.as_int8(exact[loud])).max() <= 1


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
