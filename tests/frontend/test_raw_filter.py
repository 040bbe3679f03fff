"""The low-pass of the raw waveform against scipy's, closed forms and measured tones."""

import numpy as np
import pytest
import scipy.signal

from nas.frontend import features
from nas.frontend.kinds.raw import RawSettings
from nas.frontend.kinds.raw.tables import CUTOFF, Q14_ONE, build, exact_taps
from tests.frontend.kind_checks import household
from tests.frontend.signals import speech

DECIMATIONS = range(1, 17)


def settings_for(decimation, **changes):
    """A second of frames whose hop, at 16 kHz, is a multiple of `decimation`: that many ms."""
    return RawSettings(decimation=decimation, window_ms=decimation, hop_ms=decimation, **changes)


def scipys(decimation):
    if decimation == 1:
        return np.ones(1)
    return scipy.signal.firwin(12 * decimation, CUTOFF / decimation, window="hamming")


def float_reference(samples, settings):
    """Bytes [shape=(n, n_frames, n_bins)] of scipy's filter in float64."""
    filtered = scipy.signal.lfilter(scipys(settings.decimation), 1, samples.astype(float), axis=1)
    kept = filtered[:, settings.decimation - 1 :: settings.decimation]
    steps = kept[:, : settings.n_frames * settings.n_bins] * 10 ** (settings.gain_db / 20) / 256
    rounded = np.clip(np.floor(steps + 0.5), -128, 127).astype(int)
    return rounded.reshape(len(samples), settings.n_frames, settings.n_bins)


@pytest.mark.parametrize("decimation", DECIMATIONS)
def test_the_taps_are_scipys(decimation):
    np.testing.assert_allclose(exact_taps(decimation), scipys(decimation), atol=1e-12)


@pytest.mark.parametrize("decimation", DECIMATIONS)
def test_every_gain(decimation):
    """No sum of 32 bits overflows, no tap is near a tie, and the gain is what was asked for."""
    for gain_db in range(49):
        tables = build(settings_for(decimation, gain_db=gain_db))
        assert tables.taps.dtype == np.int16
        loudest = 32_768 * int(np.abs(tables.taps.astype(np.int64)).sum())
        assert loudest + (1 << (tables.shift - 1)) < 2**31
        whole = 2.0 ** (22 - tables.shift)
        steps = np.array(exact_taps(decimation)) * 10 ** (gain_db / 20) / whole * Q14_ONE
        assert np.abs(steps % 1.0 - 0.5).min() > 1e-7
        np.testing.assert_array_equal(tables.taps, np.floor(steps + 0.5))


@pytest.mark.parametrize("decimation", DECIMATIONS[1:])
@pytest.mark.parametrize("gain_db", [0, 6, 41])
def test_the_rounded_taps_keep_what_is_promised(decimation, gain_db):
    """50 dB from 1.2 of the new half rate on; within 0.5 dB up to 0.65, 3 dB down at 0.78."""
    taps = build(settings_for(decimation, gain_db=gain_db)).taps.astype(float)
    frequency, response = scipy.signal.freqz(taps, worN=20_000, fs=2 * decimation)
    decibels = 20 * np.log10(np.abs(response) / np.abs(response[0]) + 1e-12)
    assert decibels[frequency >= 1.2].max() <= -50
    assert np.abs(decibels[frequency <= 0.65]).max() <= 0.5
    assert decibels[frequency >= 0.785].max() <= -3
    np.testing.assert_array_equal(taps, taps[::-1])


@pytest.mark.parametrize("decimation", [1, 2, 3, 4, 8, 16])
@pytest.mark.parametrize("gain_db", [0, 6, 24])
def test_speech_and_household_sound(tmp_path, decimation, gain_db):
    settings = settings_for(decimation, gain_db=gain_db)
    for samples in (speech(60), household(tmp_path)):
        distance = np.abs(features(samples, settings) - float_reference(samples, settings))
        assert np.mean(distance <= 1) >= 0.995
        assert distance.max() <= 3


def tone(hertz, amplitude):
    """One second at 16 kHz [shape=(1, 16000)]."""
    time = np.arange(16_000) / 16_000
    return np.round(amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.int16)[None]


def amplitude_out(settings, hertz, amplitude):
    """Amplitude of the waveform that a tone leaves, as a part of what no filter would leave."""
    steps = features(tone(hertz, amplitude), settings).ravel().astype(float)
    settled = steps[12:]  # the filter's zeros before the clip
    return np.sqrt(2 * np.mean(settled**2)) / (amplitude * 10 ** (settings.gain_db / 20) / 256)


@pytest.mark.parametrize("decimation", [2, 3, 4, 5, 8])
def test_what_would_fold_is_50_db_down(decimation):
    """Loud tones that would appear below 0.8 of the new half rate, at the largest gain."""
    settings, half = settings_for(decimation, gain_db=48), 8_000 / decimation
    for ratio in np.linspace(1.2, decimation - 0.03, 40):
        # What is left of 32,000 at -50 dB is 99 steps: it is measured, not clipped.
        assert amplitude_out(settings, ratio * half, 32_000) < 10 ** (-50 / 20)


@pytest.mark.parametrize("decimation", [2, 3, 4, 5, 8, 16])
def test_what_is_kept(decimation):
    settings, half = settings_for(decimation, gain_db=48), 8_000 / decimation
    for ratio in np.linspace(0.1, 0.62, 10):
        # +-0.5 dB, and a rounding of a step in 98.
        assert amplitude_out(settings, ratio * half, 100) == pytest.approx(1, abs=0.06)
    assert amplitude_out(settings, CUTOFF * half, 100) == pytest.approx(0.5, abs=0.03)


def test_decimation_1_is_the_upper_byte_rounded():
    settings = RawSettings(decimation=1, gain_db=0, clip_ms=4_096, window_ms=1, hop_ms=1)
    samples = np.arange(-32_768, 32_768).astype(np.int16)[None]
    values = features(samples, settings).reshape(1, -1)
    exact = samples.astype(float) / 256
    assert values[0].tolist() == np.minimum(np.floor(exact + 0.5), 127)[0].tolist()


def test_rows_one_after_another_are_the_waveform():
    """The hop does not matter but for where the rows end."""
    samples = speech(5)
    short = features(samples, RawSettings(decimation=4, window_ms=1, hop_ms=1))
    long = features(samples, RawSettings(decimation=4, window_ms=50, hop_ms=50))
    np.testing.assert_array_equal(short.reshape(5, -1), long.reshape(5, -1))


def test_a_loud_clip_saturates_and_does_not_wrap():
    settings = RawSettings(decimation=4, gain_db=48)
    steady = features(np.full((1, 16_000), 30_000, np.int16), settings).ravel()
    assert (steady[12:] == 127).all()
    steady = features(np.full((1, 16_000), -30_000, np.int16), settings).ravel()
    assert (steady[12:] == -128).all()
