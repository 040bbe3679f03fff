"""The integer front end against a float64 one of other formulas, and against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from nas.frontend import LogMelSettings, features
from tests.frontend import float_reference
from tests.frontend.signals import CLASSES, household, speech

SETTINGS = [
    LogMelSettings(),
    LogMelSettings(window_ms=64, n_mels=64),
    LogMelSettings(window_ms=10, hop_ms=10, n_mels=20),
    LogMelSettings(window_ms=20, hop_ms=10, n_mels=64, fmin_hz=0, fmax_hz=8_000),
]


def differences(samples, settings):
    computed = features(samples, settings).astype(np.int64)
    wanted = [float_reference.features(clip.astype(float), settings) for clip in samples]
    return np.abs(computed - float_reference.as_int8(np.array(wanted)))


def assert_close(distance):
    """A 32-bit FFT leaves rounding only: a value near a tie may fall on either side."""
    assert np.mean(distance <= 1) >= 0.995
    assert distance.max() <= 3


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("sigma", [1, 3, 10, 100, 3_000])
def test_noise(settings, sigma):
    noise = np.random.default_rng(sigma).normal(0, sigma, (4, settings.clip_length))
    assert_close(differences(noise.round().astype(np.int16), settings))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_voiced_sound(settings):
    time = np.arange(settings.clip_length) / settings.sample_rate_hz
    rng = np.random.default_rng(8)
    harmonics = np.arange(1, 40)[:, None]
    phases = rng.uniform(0, 2 * np.pi, harmonics.shape)
    voice = (np.cos(2 * np.pi * 120 * harmonics * time + phases) / harmonics).sum(0)
    clip = 3_000 * voice * np.sin(np.pi * time) ** 2 + rng.normal(0, 5, time.shape)
    assert_close(differences(clip.round().astype(np.int16)[None], settings))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_speech(settings):
    assert_close(differences(speech(60), settings))


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("recorded", [speech, household], ids=["speech", "household"])
def test_every_class_of_settings(name, recorded):
    """Every second sample stands for 8 kHz: what it folds back is sound too."""
    settings = CLASSES[name]
    assert_close(differences(recorded(40)[:, :: 16_000 // settings.sample_rate_hz], settings))


@pytest.mark.parametrize(("window_ms", "longest"), [(25, 2_048), (2, 256), (10, 1_024)])
def test_zeros_behind_the_window_cost_no_bits(window_ms, longest):
    """The least offset shows the last bit of the quietest bins: a longer FFT keeps as many.

    At offsets of 1e-10 a bin 110 dB below full scale counts, and 32 bits leave it few of its own:
    those of a clip that was filtered are up to 14 steps off, at the shortest FFT as well.
    """
    settings = LogMelSettings(
        window_ms=window_ms, hop_ms=10 if window_ms > 2 else 2, n_mels=8, scale_kind="ln"
    )
    settings = replace(settings, log_offset=1e-10)
    shortest = differences(speech(30), settings)
    padded = differences(speech(30), replace(settings, fft_length=longest))
    assert np.mean(padded <= 1) >= 0.999
    assert np.mean(padded <= 1) >= np.mean(shortest <= 1) - 5e-4


def tone(settings, *, hertz, amplitude):
    time = np.arange(settings.clip_length) / settings.sample_rate_hz
    clip = amplitude * np.sin(2 * np.pi * hertz * time)
    return clip.round().astype(np.int16)[None]


@pytest.mark.parametrize("halvings", [1, 2, 5])
def test_half_the_amplitude_is_fifteen_steps_less(halvings):
    settings = LogMelSettings()
    loud = features(tone(settings, hertz=1_000, amplitude=32_000), settings).max()
    quiet = features(tone(settings, hertz=1_000, amplitude=32_000 / 2**halvings), settings).max()
    # One more or less where the two values round to different sides.
    assert abs(int(loud) - int(quiet) - 15 * halvings) <= 1


@pytest.mark.parametrize("window_ms", [16, 20, 25, 30, 32, 40, 64])
def test_a_tone_in_a_wide_band_reads_the_same_at_each_window(window_ms):
    """With 8 bands the centre of the last is flat enough for the main lobe.

    The triangle falls by a few per cent over the lobe: 120 less than a step or so, at all sizes.
    """
    settings = LogMelSettings(window_ms=window_ms, hop_ms=16, n_mels=8, fmin_hz=0, fmax_hz=8_000)
    edges = np.linspace(0, float_reference.hertz_to_mel(8_000), 10)
    centre = 700 * (10 ** (edges[-2] / 2595) - 1)
    level = features(tone(settings, hertz=centre, amplitude=32_767), settings)[0, :, -1]
    assert level.min() >= 118
    assert level.max() <= 120


@pytest.mark.parametrize("window_ms", [20, 30, 32, 64])
def test_noise_reads_its_band_power(window_ms):
    """White noise: variance times the triangle's bandwidth, against half a sine's square."""
    settings = LogMelSettings(window_ms=window_ms, clip_ms=8_000)
    noise = np.random.default_rng(2).normal(0, 2_000, (1, settings.clip_length))
    computed = features(noise.round().astype(np.int16), settings)[0].astype(float)
    power = 10 ** ((computed - 120) * float_reference.SCALE_DB / 10)
    dense = LogMelSettings(window_ms=64, sample_rate_hz=16_000)
    width_hz = float_reference.triangles(dense).sum(1) * 16_000 / dense.n_fft
    wanted = (2_000 / 32_768) ** 2 * width_hz / 8_000 / 0.5
    # Upper bands only: lower ones hold a few bins. Mean of 8 s of noise: within half a decibel.
    error_db = 10 * np.log10(power.mean(0) / wanted)[20:]
    assert np.abs(error_db).max() < 0.5


def test_silence_is_the_floor_and_full_scale_is_not_clipped():
    settings = LogMelSettings()
    silent = features(np.zeros((1, 16_000), dtype=np.int16), settings)
    assert (silent == -128).all()
    assert features(tone(settings, hertz=3_000, amplitude=32_767), settings).max() < 127
