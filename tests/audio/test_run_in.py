"""Sound before a clip for front ends with a state: where it comes from, how loud, what is left."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from nas.audio import FeatureStore, Split, load, waveforms
from nas.audio.dataset import Clip
from nas.audio.run_in import RunIn
from nas.frontend import FrontEndSettings, LogMelSettings
from tests.audio.conftest import tone


@dataclass(frozen=True, kw_only=True)
class WarmSettings(FrontEndSettings):
    """A kind with a state: each frame is the samples before it, all of them, in two numbers."""

    kind: ClassVar[str] = "warm"

    warm_ms: int = 130

    @property
    def n_bins(self) -> int:
        return 2

    @property
    def run_in_ms(self) -> int:
        return self.warm_ms


def warm_features(samples: np.ndarray, settings: FrontEndSettings) -> np.ndarray:
    """Return the count of samples heard so far in hops, and a sum of all of them, as int8."""
    assert samples.shape[1] == settings.clip_length
    heard = np.cumsum(samples.astype(np.int64), axis=1)
    ends = settings.win_length - 1 + settings.hop_length * np.arange(settings.n_frames)
    hops = np.broadcast_to(ends // settings.hop_length, (len(samples), len(ends)))
    return np.stack([hops, heard[:, ends] % 251 - 125], axis=2).astype(np.int8)


SETTINGS = WarmSettings(sample_rate_hz=16_000, clip_ms=100, window_ms=20, hop_ms=20)


@pytest.fixture
def dataset(folder_tree, tmp_path):
    return load(str(folder_tree), None, tmp_path / "cache")


@pytest.fixture
def warm(monkeypatch):
    from nas.audio.features import _fingerprint

    _fingerprint.cache_clear()
    monkeypatch.setattr("nas.frontend.features", warm_features)


def run_in(settings=SETTINGS, background=None, n_clips=3, seed=0):
    noise = np.empty(0, np.int16) if background is None else background
    made = RunIn.of(settings, n_clips, noise, np.random.default_rng(seed))
    assert made is not None
    return made


def clips_of(*levels, length=1_600):
    noise = np.random.default_rng(1).normal(0, 1, length)
    return np.array([np.rint(level * noise) for level in levels]).astype(np.int16)


def test_a_kind_without_state_has_none():
    assert RunIn.of(LogMelSettings(), 3, np.ones(9, np.int16), np.random.default_rng(0)) is None


def test_frames_of_the_clip_start_where_the_clip_starts():
    made = run_in()
    assert made.frames == 7  # 130 ms in hops of 20 ms, rounded up
    clips = clips_of(100, 100, 100)
    out = made.before(clips)
    assert out.shape == (3, 7 * 320 + 1_600)
    assert np.array_equal(out[:, 7 * 320 :], clips)
    features = made.dropped(warm_features(out, made.settings), SETTINGS.n_frames)
    assert features.shape == (3, SETTINGS.n_frames, 2)
    assert features[0, :, 0].tolist() == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("rate", [11_025, 22_050, 16_000])
def test_hops_that_are_no_whole_milliseconds_of_samples(rate):
    settings = replace(SETTINGS, sample_rate_hz=rate, clip_ms=99, window_ms=30, hop_ms=7)
    made = run_in(settings)
    clip = clips_of(100, length=settings.clip_length)
    out = made.before(clip)
    start = made.frames * settings.hop_length
    assert start >= 130 * rate / 1_000
    assert np.array_equal(out[:, start : start + settings.clip_length], clip)
    assert made.settings.n_frames >= made.frames + settings.n_frames


def test_background_of_the_data_is_put_before_at_the_level_of_the_quiet_parts():
    background = np.random.default_rng(2).normal(0, 500, 30_000).round().astype(np.int16)
    made = run_in(background=background, n_clips=4)
    clips = clips_of(100, 3_000, 0, 100)
    clips[3, 160:] = clips_of(3_000)[0, 160:]  # loud, but for its first 10 ms
    before = made.before(clips)[:, : made.frames * 320].astype(float)
    levels = np.sqrt(np.mean(before**2, axis=1))
    # Blocks of 160 samples of noise vary by 6 %, the quietest tenth lies below the mean.
    assert levels[0] == pytest.approx(90, rel=0.15)
    assert levels[1] == pytest.approx(500, rel=0.05)  # never louder than the background itself
    assert levels[2] == pytest.approx(2, rel=0.15)  # nor quieter than a microphone
    assert 90 < levels[3] < 501
    for row, start in zip(before, made.starts, strict=True):
        stretch = background[start : start + before.shape[1]].astype(float)
        assert np.corrcoef(row, stretch)[0, 1] > 0.98  # rounding of the quiet ones


def test_without_background_it_is_a_quiet_room():
    before = run_in(n_clips=2).before(clips_of(3_000, 10))[:, : 7 * 320].astype(float)
    levels = np.sqrt(np.mean(before**2, axis=1))
    assert levels[0] == pytest.approx(33, rel=0.05)  # -60 dB
    assert levels[1] == pytest.approx(9, rel=0.15)


def test_zeros_around_a_short_clip_are_not_its_quiet_part():
    clips = clips_of(200)
    clips[:, :400] = 0
    clips[:, 1_200:] = 0
    background = np.full(5_000, 300, np.int16)
    before = run_in(background=background, n_clips=1).before(clips)[:, : 7 * 320].astype(float)
    assert np.sqrt(np.mean(before**2)) == pytest.approx(180, rel=0.15)


def test_a_stretch_is_drawn_for_each_clip_and_no_other_changes_it():
    background = np.arange(-5_000, 5_000, dtype=np.int16)
    made = run_in(background=background, n_clips=40)
    assert len(set(made.starts.tolist())) > 30
    clips = clips_of(*[100] * 40)
    whole = made.before(clips)
    assert np.array_equal(whole[7:9], made.before(clips[7:9], 7))
    assert np.array_equal(whole, run_in(background=background, n_clips=40).before(clips))


def test_clip_and_run_in_together_may_be_longer_than_any_clip():
    settings = replace(SETTINGS, clip_ms=60_000)
    assert run_in(settings, n_clips=1).settings.clip_ms > 60_000


def test_the_store_drops_the_frames_of_the_run_in(dataset, tmp_path, warm, monkeypatch):
    monkeypatch.setattr("nas.audio.features.CHUNK", 3)  # chunks must not change the draws
    got = FeatureStore(dataset, tmp_path / "a").features(Split.TRAIN, SETTINGS)
    monkeypatch.setattr("nas.audio.features.CHUNK", 64)
    again = FeatureStore(dataset, tmp_path / "b").features(Split.TRAIN, SETTINGS)
    assert np.array_equal(got, again)
    clips = waveforms(dataset, Split.TRAIN, 16_000, 100, tmp_path / "a")
    assert got.shape == (len(clips), SETTINGS.n_frames, 2)
    assert (got[:, :, 0] == [7, 8, 9, 10, 11]).all()
    cold = warm_features(clips, SETTINGS)
    assert (got[:, :, 1] != cold[:, :, 1]).any()
    # What a clip adds to the sum is the same, warm or cold.
    assert np.array_equal(
        np.diff(got[:, :, 1].astype(int), axis=1) % 251,
        np.diff(cold[:, :, 1].astype(int), axis=1) % 251,
    )


def test_what_is_heard_gives_the_features_of_the_store(dataset, tmp_path, warm):
    store = FeatureStore(dataset, tmp_path / "cache")
    rows = range(0, len(dataset.of(Split.TRAIN)), 2)
    heard = store.heard(Split.TRAIN, SETTINGS, rows)
    assert heard.shape == (len(rows), SETTINGS.heard_length)
    assert SETTINGS.heard_length == 7 * 320 + 1_600
    longer = replace(SETTINGS, clip_ms=100 + 7 * 20)
    got = warm_features(heard, longer)[:, 7:]
    assert np.array_equal(got, store.features(Split.TRAIN, SETTINGS)[rows])


def test_without_a_state_the_clip_alone_is_heard(dataset, tmp_path):
    settings = replace(SETTINGS, warm_ms=0)
    store = FeatureStore(dataset, tmp_path / "cache")
    clips = waveforms(dataset, Split.TRAIN, 16_000, 100, tmp_path / "cache")
    assert np.array_equal(store.heard(Split.TRAIN, settings, [1, 0]), clips[[1, 0]])


def test_copies_and_other_run_ins_have_their_own_arrays(dataset, tmp_path, warm):
    store = FeatureStore(dataset, tmp_path / "cache")
    arrays = [
        np.array(store.features(Split.TRAIN, settings, strength, copy))
        for settings, strength, copy in [
            (SETTINGS, "off", 0),
            (SETTINGS, "light", 0),
            (SETTINGS, "light", 1),
            (replace(SETTINGS, warm_ms=0), "off", 0),
        ]
    ]
    assert len({array.tobytes() for array in arrays}) == 4


def test_the_background_of_the_data_is_what_is_heard(write, dataset, tmp_path, warm):
    path = write("hum/hum.wav", tone(hz=50, ms=2_000))
    hum = Clip(path, 0, "hum", Split.TRAIN)
    stores = [
        FeatureStore(replace(dataset, background=noise, digest=name), tmp_path / "cache")
        for name, noise in (("without", ()), ("with", (hum,)))
    ]
    without, heard = (np.array(store.features(Split.TEST, SETTINGS)) for store in stores)
    assert without.shape == heard.shape
    assert (without != heard).any()
