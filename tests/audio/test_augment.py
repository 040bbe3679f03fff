import time

import numpy as np
import pytest

from nas.audio import Split, augment
from nas.audio.dataset import Clip, Dataset
from nas.errors import ConfigError
from tests.audio.conftest import tone

RATE = 16_000
NONE = np.empty(0, np.int16)


def tones(n=8, ms=200):
    return np.stack([(8_000 * tone(hz=300 + 20 * k, ms=ms, peak=1)) for k in range(n)]).astype(
        np.int16
    )


def run(clips, strength, seed=0, background=NONE):
    rng = np.random.default_rng(seed)
    return augment.apply(clips, background, strength, sample_rate_hz=RATE, rng=rng)


def only(monkeypatch, **values):
    """Leave one effect of a recipe on."""
    still = {"shift_ms": 0, "gain_db": 0.0, "snr_db": (0.0, 0.0), "mix_share": 0.0, "speed": 0.0}
    monkeypatch.setitem(augment.RECIPES, "light", augment.Recipe(**(still | values)))


def test_off_and_an_empty_recipe_change_nothing(monkeypatch):
    only(monkeypatch)
    assert np.array_equal(run(tones(), "off"), tones())
    assert np.array_equal(run(tones(), "light"), tones())


@pytest.mark.parametrize("strength", augment.STRENGTHS[1:])
def test_same_draws_for_the_same_seed(strength):
    first, again, other = (run(tones(), strength, seed) for seed in (0, 0, 1))
    assert first.dtype == np.int16
    assert first.shape == tones().shape
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_draws_do_not_depend_on_the_chunk(monkeypatch):
    whole = run(tones(), "strong")
    monkeypatch.setattr(augment, "CHUNK", 3)
    assert np.array_equal(run(tones(), "strong"), whole)


def test_shift_moves_samples_and_fills_with_zeros(monkeypatch):
    only(monkeypatch, shift_ms=10)
    clips = tones()
    for before, after in zip(clips, run(clips, "light"), strict=True):
        shifts = [k for k in range(-160, 161) if np.array_equal(after, moved(before, k))]
        assert len(shifts) == 1


def moved(samples, shift):
    out = np.zeros_like(samples)
    source = samples[max(-shift, 0) : len(samples) - max(shift, 0)]
    out[max(shift, 0) : max(shift, 0) + len(source)] = source
    return out


def test_gain_stays_within_its_bounds_and_saturates(monkeypatch):
    only(monkeypatch, gain_db=6.0)
    got = run(tones(64), "light").astype(float)
    ratio = 20 * np.log10(np.abs(got).max(axis=1) / np.abs(tones(64).astype(float)).max(axis=1))
    assert np.abs(ratio).max() <= 6.01
    assert np.ptp(ratio) > 6
    loud = np.full((64, 100), 32_767, np.int16)
    assert run(loud, "light").max() == 32_767
    assert run(loud, "light").min() > 0


def test_background_is_mixed_at_its_ratio(monkeypatch):
    only(monkeypatch, snr_db=(10.0, 10.0), mix_share=1.0)
    clips = tones(16, ms=500)
    noise = np.random.default_rng(1).normal(0, 100, 50_000).astype(np.int16)
    added = run(clips, "light", background=noise).astype(float) - clips
    ratio = 10 * np.log10((clips.astype(float) ** 2).mean(axis=1) / (added**2).mean(axis=1))
    # Noise of 8,000 samples has a power within some 1.6 % of its mean; rounding adds 1/12.
    assert ratio == pytest.approx(10.0, abs=0.2)


def test_share_of_mixed_clips(monkeypatch):
    only(monkeypatch, snr_db=(10.0, 10.0), mix_share=0.5)
    clips = np.tile(tones(1, ms=20), (400, 1))
    touched = (run(clips, "light") != clips).any(axis=1).mean()
    assert touched == pytest.approx(0.5, abs=0.1)  # four standard errors of 400 draws


def test_speed_changes_the_pitch_within_its_bounds(monkeypatch):
    only(monkeypatch, speed=0.1)
    clips = np.tile((8_000 * tone(hz=1_000, ms=500, peak=1)).astype(np.int16), (32, 1))
    middle = run(clips, "light")[:, 1_000:7_000].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(6_000), 1 << 16, axis=1))
    pitch = spectrum.argmax(axis=1) * RATE / (1 << 16)
    assert pitch.min() >= 899
    assert pitch.max() <= 1_101
    assert np.ptp(pitch) > 100


def test_interpolation_follows_a_sine():
    clips = tone(hz=500, ms=100, peak=8_000.0)[None, :].astype(np.float32)
    got = augment._moved(clips, np.array([1.05]), np.array([3.0]))[0]
    time_at = (np.arange(1_600) - 799.5 - 3.0) * 1.05 + 799.5
    expected = 8_000 * np.sin(2 * np.pi * 500 * time_at / RATE)
    # Catmull-Rom is of third order: error below (2 pi f / rate)^3 / 16 of the peak.
    assert np.abs(got - expected)[100:1_500].max() < 8_000 * (2 * np.pi * 500 / RATE) ** 3 / 16


def test_silent_clips_stay_silent():
    assert not run(np.zeros((4, 800), np.int16), "strong").any()


def test_background_shorter_than_a_clip_is_repeated():
    got = run(tones(), "strong", background=np.array([900, -900, 300], np.int16))
    assert not np.array_equal(got, tones())


def test_coloured_noise_falls_by_0_3_and_6_db_an_octave():
    noise = augment.coloured_noise(3 * 65_536, np.random.default_rng(0)).reshape(3, -1)
    power = np.abs(np.fft.rfft(noise, axis=1)) ** 2
    for row, slope in zip(power, (0.0, -3.01, -6.02), strict=True):
        octaves = [10 * np.log10(row[2**k : 2 ** (k + 1)].mean()) for k in range(9, 15)]
        assert np.diff(octaves).mean() == pytest.approx(slope, abs=0.4)


def test_generator_follows_digest_split_strength_and_copy():
    def draw(digest="d", split="train", strength="light", copy=0):
        clip = Clip(path=None, label=0, group="g", split=Split.TRAIN)
        dataset = Dataset(
            name="n", labels=("a",), clips=(clip,), background=(), sample_rate_hz=RATE,
            clip_ms=(1_000,), digest=digest,
        )  # fmt: skip
        return augment.generator(dataset, split, strength, copy).random()

    assert draw() == draw()
    values = [draw(), draw(digest="e"), draw(split="test"), draw(strength="strong"), draw(copy=1)]
    assert len(set(values)) == 5


def test_unknown_strength_lists_the_known():
    with pytest.raises(ConfigError, match="'hard' is none of off, light, medium, strong"):
        run(tones(), "hard")


def test_a_copy_of_600_seconds_of_clips_takes_about_a_second():
    clips = np.random.default_rng(0).integers(-9_000, 9_000, (600, RATE)).astype(np.int16)
    begin = time.process_time()
    run(clips, "strong")
    # A quarter of 2,400 clips, wanted in 4 s; three times that for busy hosts.
    assert time.process_time() - begin < 3.0
