"""What each class does in time, measured with scipy on dry sounds."""

import numpy as np
import pytest
from scipy.signal import find_peaks, hilbert, spectrogram

from nas.audio.household import LABELS
from nas.audio.household.distractors import buzz
from nas.audio.household.sounds import SOUNDS
from nas.audio.household.sounds.babble import Babble
from nas.audio.household.sounds.doorbell import Doorbell
from nas.audio.household.sounds.kettle import Kettle
from nas.audio.household.sounds.knock import Knock
from nas.audio.household.sounds.phone import Phone
from nas.audio.household.sounds.smoke_alarm import SmokeAlarm
from nas.audio.household.timbre import Timbre

SEEDS = range(8)
PURE = Timbre(1_000.0, (1.0,))


def pitch_hz(samples):
    """Return the strongest frequency, to 1 Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 16_000))
    return int(spectrum.argmax())


def loudness(samples, window=160):
    """Return the RMS of each 10 ms [shape=(100,)]."""
    return np.sqrt(np.square(samples.reshape(-1, window)).mean(axis=1))


def test_labels_are_the_seven_classes():
    assert set(LABELS) == {
        "doorbell", "smoke_alarm", "knock", "phone", "kettle", "babble", "background"
    }  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_device_fills_a_clip_with_finite_samples(label, seed):
    rng = np.random.default_rng(seed)
    sound = SOUNDS[label].draw(rng).render(rng)
    assert sound.shape == (16_000,)
    assert np.isfinite(sound).all()
    assert label == "background" or np.abs(sound).max() > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_smoke_alarm_pulses_within_iso_8201(seed):
    """Half a second on, half a second off, each within 10 % (ISO 8201, T3)."""
    device = SmokeAlarm.draw(np.random.default_rng(seed))
    assert 0.45 <= device.on_s <= 0.55
    assert 0.45 <= device.off_s <= 0.55


@pytest.mark.parametrize("seed", SEEDS)
def test_smoke_alarm_is_on_or_off_and_repeats_after_one_period(seed):
    device = SmokeAlarm(PURE, on_s=0.5, off_s=0.5)
    sound = device.render(np.random.default_rng(seed))
    on = loudness(sound) > 0.35
    # One period is one clip: the tone fills half of it, except beside the long pause.
    assert 0.35 <= on.mean() <= 0.51
    assert np.abs(np.diff(on.astype(int))).sum() <= 3
    # A steady tone: RMS 1 / sqrt(2) wherever it is fully on.
    assert np.median(loudness(sound)[on]) == pytest.approx(2**-0.5, rel=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_doorbell_rings_two_tones_the_second_lower(seed):
    device = Doorbell(PURE, ratio=0.75, gap_s=0.4, decay_s=0.12)
    sound = device.render(np.random.default_rng(seed))
    begin = int(np.flatnonzero(np.abs(sound) > 1e-6)[0])
    first, second = sound[begin : begin + 4_000], sound[begin + 6_600 : begin + 9_600]
    assert pitch_hz(first) == pytest.approx(1_000, abs=3)
    assert pitch_hz(second) == pytest.approx(750, abs=3)


def test_a_doorbell_stroke_decays_exponentially():
    stroke = Doorbell(PURE, ratio=1.0, gap_s=0.3, decay_s=0.2).stroke(1.0)
    envelope = np.abs(hilbert(stroke))
    assert envelope[4_800] / envelope[1_600] == pytest.approx(np.exp(-1.0), rel=0.02)


def test_phone_warbles_between_two_pitches():
    phone = Phone(PURE, ratio=1.3, warble_hz=8.0, burst_s=0.8, pause_s=0.2)
    burst = phone.burst()
    half = 1_000  # samples in half a swing at 8 Hz
    found = [pitch_hz(burst[i * half : (i + 1) * half]) for i in range(8)]
    assert found == pytest.approx([1_000, 1_300] * 4, abs=8)


@pytest.mark.parametrize("seed", SEEDS)
def test_phone_is_heard_for_a_third_of_every_clip(seed):
    rng = np.random.default_rng(seed)
    assert (loudness(Phone.draw(rng).render(rng)) > 0.1).mean() > 0.33


@pytest.mark.parametrize("seed", SEEDS)
def test_kettle_climbs_in_pitch_and_level(seed):
    rng = np.random.default_rng(seed)
    kettle = Kettle(PURE, climb=1.5, growth_db=12.0, flutter_hz=3.0, steam=0.1)
    sound = kettle.render(rng)
    # 1.5 to the power -0.95 and -0.05: the middles of the first and last 100 ms.
    assert pitch_hz(sound[:1_600]) == pytest.approx(1_000 * 1.5**-0.95, rel=0.015)
    assert pitch_hz(sound[-1_600:]) == pytest.approx(1_000 * 1.5**-0.05, rel=0.015)
    level = loudness(sound)
    grown = 20 * np.log10(level[-10:].mean() / level[:10].mean())
    assert grown == pytest.approx(12.0 * 0.9, abs=1.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_knock_is_three_to_five_even_blows(seed):
    rng = np.random.default_rng(seed)
    knock = Knock.draw(rng)
    level = loudness(knock.render(rng))
    peaks, _ = find_peaks(np.pad(level, 1), height=0.25 * level.max(), distance=7)
    assert 3 <= len(peaks) <= 5
    gaps = np.diff(peaks) / 100
    # 10 % of tempo, jitter of 3 % a blow, 10 ms of grid.
    assert gaps == pytest.approx(knock.gap_s, rel=0.25, abs=0.02)


def test_babble_moves_its_formants_and_a_motor_does_not():
    def unrest(sound):
        power = spectrogram(sound, 16_000, nperseg=512, noverlap=0)[2][:128]
        return np.std(np.log(power + 1e-9), axis=1).mean()

    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        voice = Babble.draw(rng).render(rng)
        motor = buzz(rng)
        assert unrest(voice / voice.std()) > 2 * unrest(motor / motor.std())
