"""The spectrum against scipy's transform in float64, and against closed forms."""

import numpy as np
import pytest
import scipy.fft
import scipy.signal

from nas.frontend import features
from nas.frontend.kinds.spectrum import SpectrumSettings
from tests.frontend.kind_checks import household
from tests.frontend.signals import speech

SETTINGS = [
    SpectrumSettings(),
    SpectrumSettings(window_ms=64, hop_ms=32, fmax_hz=8_000),
    SpectrumSettings(window_ms=30, hop_ms=20, fmax_hz=7_600),
    SpectrumSettings(window_ms=33, hop_ms=20),
    SpectrumSettings(window_ms=25, hop_ms=10, fmax_hz=7_000, pre_emphasis=0.97),
    SpectrumSettings(window_ms=2, hop_ms=2, fmax_hz=8_000),
]


def amplitudes(samples, settings, *, exact_mean):
    """Amplitude of each bin [shape=(n, n_frames, n_bins)] in steps of int16, float64."""
    n = settings.win_length
    window = scipy.signal.get_window("hamming", n)
    starts = np.arange(settings.n_frames) * settings.hop_length
    frames = samples[:, starts[:, None] + np.arange(n)].astype(float)
    mean = frames.mean(-1, keepdims=True)
    frames -= mean if exact_mean else np.floor(mean + 0.5)
    before = np.concatenate([frames[..., :1], frames[..., :-1]], axis=-1)
    frames -= settings.pre_emphasis * before
    spectrum = np.abs(scipy.fft.rfft(frames * window, settings.n_fft))
    return 2 / window.sum() * spectrum[..., 1 : settings.n_bins + 1]


def as_int8(values):
    steps = np.floor(16 * np.log2(1 + values) + 0.5) - 128
    return np.clip(steps, -128, 127).astype(int)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    return {"speech": speech(60), "household": household(tmp_path_factory.mktemp("sounds"))}


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", ["speech", "household"])
def test_recordings(recordings, settings, name):
    samples = recordings[name]
    wanted = as_int8(amplitudes(samples, settings, exact_mean=False))
    distance = np.abs(features(samples, settings) - wanted)
    assert np.mean(distance <= 1) >= 0.995
    assert distance.max() <= 3


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", ["speech", "household"])
def test_the_mean_is_rounded_to_a_step_of_int16(recordings, settings, name):
    """What that costs: half a step of a steady sound, a sine of one step and less in each bin.

    It shows near silence in the lowest bins only: a sound of amplitude 8 there moves by 3 at most.
    """
    samples = recordings[name]
    exact = amplitudes(samples, settings, exact_mean=True)
    distance = np.abs(features(samples, settings) - as_int8(exact))
    assert np.mean(distance <= 1) >= 0.994
    assert distance.max() <= 17
    assert distance[exact >= 8].max() <= 3


@pytest.mark.parametrize("sigma", [1, 3, 10, 100, 3_000])
def test_noise(sigma):
    noise = np.random.default_rng(sigma).normal(0, sigma, (4, 16_000)).round().astype(np.int16)
    settings = SpectrumSettings(fmax_hz=8_000)
    wanted = as_int8(amplitudes(noise, settings, exact_mean=False))
    assert np.abs(features(noise, settings) - wanted).max() <= 1


def tone(settings, bin_, amplitude):
    time = np.arange(settings.clip_length)
    clip = amplitude * np.cos(2 * np.pi * bin_ * time / settings.n_fft)
    return clip.round().astype(np.int16)[None]


@pytest.mark.parametrize("window_ms", [16, 32, 64])
@pytest.mark.parametrize("amplitude", [1, 3, 100, 4_095, 32_767])
def test_a_sine_on_a_bin_reads_its_amplitude(window_ms, amplitude):
    settings = SpectrumSettings(window_ms=window_ms)
    seen = features(tone(settings, 20, amplitude), settings)[0, :, 19]
    # A sine of few steps is rounded to other amplitudes: up to 4/pi of one step.
    slack = 6 if amplitude < 4 else 0
    assert np.abs(seen - as_int8(np.array(amplitude))).max() <= slack


def test_full_scale_tones_reach_no_end():
    settings = SpectrumSettings()
    for bin_ in (1, 7, 31.5, 48):
        seen = features(tone(settings, bin_, 32_767), settings)
        assert seen.max() <= 113
        assert seen.max() >= 100  # between two bins a Hamming window loses 1.8 dB: 5 steps


def test_silence_and_a_steady_offset_are_the_floor():
    settings = SpectrumSettings()
    for offset in (0, 1, -1, 500, 32_767, -32_768):
        assert (features(np.full((1, 16_000), offset, np.int16), settings) == -128).all()


def test_an_offset_changes_nothing():
    settings = SpectrumSettings()
    clip = np.random.default_rng(0).integers(-9_000, 9_000, (1, 16_000)).astype(np.int16)
    np.testing.assert_array_equal(features(clip + 4_321, settings), features(clip, settings))
