"""The float reference that `nas features` shows, against the tests' own, and error counts."""

import numpy as np
import pytest

from nas.frontend import KINDS, LogMelSettings, features
from nas.frontend.float_reference import as_int8, error_of, float_features
from tests.frontend import float_reference
from tests.frontend.signals import speech
from tests.space import kinds

SETTINGS = [
    LogMelSettings(),
    LogMelSettings(window_ms=25, hop_ms=10, n_mels=64, fmin_hz=125, fmax_hz=7_500),
    LogMelSettings(triangles="hz", spectrum_kind="magnitude", scale_kind="ln"),
    LogMelSettings(mel_scale="slaney", triangles="hz", window_kind="hamming", floor_db=-60),
    LogMelSettings(mel_scale="slaney", scale_kind="ln", pre_emphasis=0.97, remove_mean=True),
    LogMelSettings(spectrum_kind="magnitude", fft_length=2_048, pre_emphasis=0.5),
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_two_float_versions_of_log_mel_agree(settings):
    rng = np.random.default_rng(4)
    samples = rng.normal(300, 1_000, (2, settings.clip_length)).round().astype(np.int16)
    found = float_features(samples, settings)
    wanted = [float_reference.features(clip.astype(float), settings) for clip in samples]
    # The other version reads the corners of bands in Hz off a grid of 0.004 Hz.
    assert np.abs(found - np.array(wanted)).max() < 1e-3


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_integers_are_close_on_speech(settings):
    samples = speech(20)
    error = error_of(features(samples, settings), float_features(samples, settings))
    assert error.within_one >= 0.995
    assert error.largest <= 3
    assert error.equal > 0.95


def test_silence_is_the_lowest_value():
    found = float_features(np.zeros((1, 16_000), np.int16), LogMelSettings())
    assert (as_int8(found) == -128).all()


def test_errors_are_counted_in_steps():
    reference = np.array([[0.4, 0.5, -300.0, 300.0, -np.inf, 10.0, 20.0, -0.5]])
    assert as_int8(reference).tolist() == [[0, 1, -128, 127, -128, 10, 20, 0]]
    shown = np.array([[0, 1, -128, 127, -128, 11, 17, 0]], np.int8)
    error = error_of(shown, reference)
    assert (error.equal, error.within_one, error.largest) == (6 / 8, 7 / 8, 3)


def test_a_distance_of_the_whole_range_does_not_wrap():
    assert error_of(np.array([-128], np.int8), np.array([127.0])).largest == 255


def test_a_kind_may_have_none(monkeypatch):
    kinds.install(monkeypatch)
    assert KINDS["tilt"].float_reference is None
    assert float_features(np.zeros((1, 16_000), np.int16), kinds.TiltSettings()) is None
