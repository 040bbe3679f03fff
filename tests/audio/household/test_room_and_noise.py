"""Rooms and noise against closed forms."""

import numpy as np
import pytest
from scipy.signal import oaconvolve, welch

from nas.audio.household.noise import Noise, coloured
from nas.audio.household.room import FFT_LENGTH, Room, impulse_response
from nas.audio.household.signal import fade, harmonics, place, rms


def test_energy_falls_by_60_db_in_the_reverberation_time():
    tail = impulse_response(np.random.default_rng(0), 0.3, direct_db=-40.0)
    later = np.cumsum(np.square(tail[:0:-1]))[::-1]  # Schroeder's backward integral
    level_db = 10 * np.log10(later / later[0])
    # Slope from -5 to -35 dB, as ISO 3382 measures T30.
    start, end = (int(np.argmax(level_db < db)) for db in (-5, -35))
    assert 2 * (end - start) / 16_000 == pytest.approx(0.3, rel=0.1)


def test_direct_sound_is_as_much_above_the_tail_as_stated():
    response = impulse_response(np.random.default_rng(0), 0.2, direct_db=6.0)
    tail = np.square(response[1:]).sum()
    assert -10 * np.log10(tail) == pytest.approx(6.0, abs=0.1)


def test_heard_is_linear_convolution_with_the_response():
    rng = np.random.default_rng(1)
    response = impulse_response(rng, 0.2, direct_db=3.0)
    dry = rng.standard_normal(16_000)
    heard = Room(np.fft.rfft(response, FFT_LENGTH)).heard(dry)
    np.testing.assert_allclose(heard, oaconvolve(dry, response)[:16_000], atol=1e-9)


@pytest.mark.parametrize("slope_db", [0.0, -3.0, -6.0])
def test_noise_falls_by_its_slope_per_octave(slope_db):
    rng = np.random.default_rng(2)
    noise = np.concatenate([coloured(rng, slope_db) for _ in range(8)])
    hz, power = welch(noise, 16_000, nperseg=1_024)
    band = (hz > 200) & (hz < 6_000)
    fitted = np.polyfit(np.log2(hz[band]), 10 * np.log10(power[band]), 1)[0]
    assert fitted == pytest.approx(slope_db, abs=0.3)


def test_a_house_hums_at_its_mains_frequency():
    noise = Noise(slope_db=0.0, mains_hz=50.0, hum=0.8, partials=(1.0,)).render(
        np.random.default_rng(3)
    )
    assert rms(noise) == pytest.approx(1.0)
    assert np.abs(np.fft.rfft(noise)).argmax() == 50


def test_partials_above_the_band_are_left_out():
    spectrum = np.abs(np.fft.rfft(harmonics(3_000.0, (1.0, 1.0, 1.0), 16_000)))
    assert set(np.flatnonzero(spectrum > 100)) == {3_000, 6_000}


def test_fades_and_placing():
    assert fade(100, 0.0).min() == 1.0
    assert fade(4, 1.0)[[0, -1]].max() < 0.5
    clip = np.zeros(10)
    place(clip, np.ones(4), -2 / 16_000)
    place(clip, np.ones(4), 8 / 16_000)
    place(clip, np.ones(4), 1.0)
    assert clip.tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 1, 1]


def test_harmonics_are_a_sum_of_sines():
    partials = tuple(1 / n for n in range(1, 31))
    phase = 2 * np.pi * 200.0 * np.arange(1, 16_001) / 16_000
    expected = sum(a * np.sin(n * phase) for n, a in enumerate(partials, start=1))
    np.testing.assert_allclose(harmonics(200.0, partials, 16_000), expected, atol=1e-8)
