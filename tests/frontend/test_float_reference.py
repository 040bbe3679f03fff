"""The float reference that `nas features` shows, against the tests' own, and error counts."""

import numpy as np
import pytest

from nas.frontend import KINDS, LogMelSettings, features
from nas.frontend.float_reference import as_int8, error_of, float_features
from nas.frontend.kinds.mfcc import MfccSettings
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.tables import build
from nas.frontend.kinds.raw import RawSettings
from nas.frontend.kinds.spectrum import SpectrumSettings
from tests.frontend import float_reference, mfcc_float, micro_float
from tests.frontend.micro_cases import as_int8 as micro_as_int8
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


OTHERS = [
    MfccSettings(),
    MfccSettings(n_mels=40, n_mfcc=40, lifter=60),
    MfccSettings(scale_kind="ln", spectrum_kind="magnitude", window_ms=25, hop_ms=10),
    SpectrumSettings(),
    SpectrumSettings(window_ms=25, hop_ms=10, fmax_hz=7_000, pre_emphasis=0.97),
    RawSettings(),
    RawSettings(decimation=1, gain_db=0),
    RawSettings(decimation=4, gain_db=24, window_ms=32, hop_ms=32),
]


@pytest.mark.parametrize("settings", OTHERS, ids=str)
def test_the_integers_of_other_kinds_are_close_on_speech(settings):
    samples = speech(20)
    error = error_of(features(samples, settings), float_features(samples, settings))
    assert error.within_one >= 0.995
    assert error.largest <= 3


MICROS = [
    MicroSettings(pcan=False),
    MicroSettings(),
    MicroSettings(window_ms=25, hop_ms=10, n_channels=32, min_signal_remaining=0.2),
]


@pytest.mark.parametrize("settings", MICROS, ids=str)
def test_two_float_versions_of_micro_agree(settings):
    """All but in PCAN's gain, a parabola in the other version and the formula here."""
    samples = speech(20)
    step = build(settings).feature_step
    other = micro_as_int8(micro_float.values(samples, settings), step)
    error = error_of(other.astype(np.int8), float_features(samples, settings))
    assert error.within_one >= (0.985 if settings.pcan else 1.0)


@pytest.mark.parametrize("settings", MICROS, ids=str)
def test_the_integers_of_micro_are_close_on_speech(settings):
    samples = speech(20)
    error = error_of(features(samples, settings), float_features(samples, settings))
    assert error.within_one >= (0.985 if settings.pcan else 0.998)


def test_mfcc_agrees_with_scipy_transform():
    settings = MfccSettings(lifter=22)
    samples = np.random.default_rng(4).normal(0, 1_000, (1, 16_000)).round().astype(np.int16)
    wanted = mfcc_float.features(samples[0].astype(float), settings)
    assert np.abs(float_features(samples, settings)[0] - wanted).max() < 1e-2


def test_raw_without_decimation_is_the_samples():
    samples = np.random.default_rng(4).integers(-32_768, 32_768, (1, 16_000)).astype(np.int16)
    settings = RawSettings(decimation=1, gain_db=0)
    assert np.array_equal(float_features(samples, settings).ravel(), samples[0] / 256)


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
