"""The integer MFCC against float64 log-mels and scipy's transform, and against closed forms."""

import numpy as np
import pytest
import soundfile

from nas.audio.household import HouseholdRecipe, generate
from nas.frontend import LogMelSettings, features
from nas.frontend.kinds.mfcc import MfccSettings
from nas.frontend.kinds.mfcc.reference import from_levels
from nas.frontend.kinds.mfcc.tables import build
from tests.frontend import float_reference, mfcc_float
from tests.frontend.signals import speech

SETTINGS = [
    MfccSettings(),
    MfccSettings(window_ms=20, hop_ms=20, fmin_hz=300, fmax_hz=8_000),
    MfccSettings(n_mels=40, n_mfcc=10),
    MfccSettings(window_ms=64, n_mels=80, n_mfcc=40),
    MfccSettings(window_ms=25, hop_ms=10, n_mels=25, lifter=22),
    MfccSettings(window_ms=10, hop_ms=10, n_mels=20, n_mfcc=20),
    MfccSettings(mel_scale="slaney", triangles="hz", window_kind="hamming", floor_db=-80),
    MfccSettings(spectrum_kind="magnitude", scale_kind="ln", window_ms=25, n_mels=64, n_mfcc=20),
    MfccSettings(pre_emphasis=0.97, remove_mean=True, window_kind="hamming", lifter=22, n_mels=26),
]
NARROW = MfccSettings(
    sample_rate_hz=8_000, window_ms=32, hop_ms=16, n_mels=31, fmin_hz=0, fmax_hz=4_000
)


def differences(samples, settings):
    computed = features(samples, settings).astype(np.int64)
    wanted = [mfcc_float.features(clip.astype(float), settings) for clip in samples]
    return np.abs(computed - float_reference.as_int8(np.array(wanted)))


def assert_close(distance):
    """Levels are rounded to 1/32 of a step: values near a tie may fall on either side."""
    assert np.mean(distance == 0) >= 0.97
    assert np.mean(distance <= 1) >= 0.995
    assert distance.max() <= 3


@pytest.fixture(scope="module")
def household(tmp_path_factory):
    """One clip of each class in each of eight houses [shape=(56, 16000)]."""
    root = tmp_path_factory.mktemp("household") / "clips"
    generate(root, 5, HouseholdRecipe(houses=8, clips=1, validation_houses=1, test_houses=1))
    files = sorted(root.rglob("*.wav"))
    return np.array([soundfile.read(path, dtype="int16")[0] for path in files])


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_speech(settings):
    assert_close(differences(speech(60), settings))


def test_speech_at_8_khz():
    assert_close(differences(np.ascontiguousarray(speech(60)[:, ::2]), NARROW))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_household(settings, household):
    assert_close(differences(household, settings))


@pytest.mark.parametrize("settings", SETTINGS[:2], ids=str)
def test_the_range_is_used_and_hardly_left(settings, household):
    """Each coefficient spreads over more than 8 steps, and 2 of 1,000 values at most are cut."""
    for samples in (speech(200), household):
        values = features(samples, settings).reshape(-1, settings.n_mfcc).astype(float)
        assert values.std(axis=0).min() > 8
        assert np.mean(np.isin(values[:, 1:], [-128, 127]), axis=0).max() < 0.002


@pytest.mark.parametrize("sigma", [1, 10, 3_000])
def test_noise(sigma):
    noise = np.random.default_rng(sigma).normal(0, sigma, (8, 16_000))
    assert_close(differences(noise.round().astype(np.int16), MfccSettings()))


def test_silence_is_the_lowest_mean_and_no_shape():
    silent = features(np.zeros((1, 16_000), dtype=np.int16), MfccSettings())
    assert (silent[..., 0] == -128).all()
    assert (silent[..., 1:] == 0).all()


def test_coefficient_0_is_the_mean_of_the_log_mels():
    """Of their bytes, whose roundings average out: within half a step and its own rounding."""
    samples = speech(20)
    mean = features(samples, LogMelSettings(n_mels=32)).astype(float).mean(axis=-1)
    assert np.abs(features(samples, MfccSettings())[..., 0] - mean).max() <= 1.01


def test_a_quarter_of_the_amplitude_moves_coefficient_0_alone():
    """By 30 steps, with noise that is far above the floor and below full scale in each band."""
    quiet = np.random.default_rng(1).normal(0, 1_500, (1, 16_000)).round().astype(np.int16)
    moved = features(4 * quiet, SETTINGS[0]).astype(int) - features(quiet, SETTINGS[0])
    assert np.abs(moved[..., 0] - 30).max() <= 1
    assert np.abs(moved[..., 1:]).max() <= 1


def test_a_tilted_spectrum_is_coefficient_1():
    """A cosine over the bands of 3 log-mel steps has a first coefficient of 3 / sqrt(2)."""
    settings = MfccSettings(n_mels=64)
    tables, n = build(settings), np.arange(64)
    wave = 3 * np.cos(np.pi * (n + 0.5) / 64)
    levels = np.round(32 * wave).astype(np.int64)
    row = from_levels(levels[None], tables)[0]
    assert row[1] == round(2 * 3 / np.sqrt(2))
    assert not row[[0, 2, 3, 4, 5]].any()
