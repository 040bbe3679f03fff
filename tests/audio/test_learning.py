"""What a front end learns of the training split, and of nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from nas.audio import FeatureStore, Split, load, waveforms
from nas.audio.cache import array_folder
from nas.errors import ConfigError
from nas.frontend import LogMelSettings, reference
from nas.frontend.kinds.micro import MicroSettings
from tests.audio.conftest import tone

SETTINGS = LogMelSettings(clip_ms=50, n_mels=16, normalise="per_channel")


def store_of(root, cache):
    return FeatureStore(load(str(root), None, cache), cache)


@pytest.fixture
def noise_tree(write, tmp_path):
    """Two classes of ten clips of noise each: no channel is silent."""
    rng = np.random.default_rng(1)
    for label, peak in (("near", 0.3), ("far", 0.02)):
        for index in range(10):
            write(f"{label}/{index}.wav", peak * rng.uniform(-1, 1, 800) * rng.uniform(0.2, 1))
    return tmp_path / "data"


def test_mean_and_deviation_of_the_training_split(noise_tree, tmp_path):
    """From float64 moments of the twin's features, and seen in what training gets."""
    store = store_of(noise_tree, tmp_path / "cache")
    learnt = store.learnt(SETTINGS)
    clips = waveforms(store.dataset, Split.TRAIN, 16_000, 50, tmp_path / "cache")
    plain = reference.features(np.asarray(clips), SETTINGS.plain).reshape(-1, 16).astype(float)
    gains = np.array(learnt.channel_gains) / 4_096
    np.testing.assert_allclose(gains, 32 / plain.std(axis=0), rtol=2e-4)
    offsets = np.array(learnt.channel_offsets) / 16
    np.testing.assert_allclose(offsets, -gains * plain.mean(axis=0), atol=1 / 32 + 1e-9)
    seen = np.asarray(store.features(Split.TRAIN, SETTINGS)).reshape(-1, 16)
    np.testing.assert_array_equal(seen, reference.features(clips, learnt).reshape(-1, 16))
    assert np.abs(seen.mean(axis=0)).max() < 0.5
    assert np.abs(seen.std(axis=0) - 32).max() < 0.5


def test_every_split_is_normalised_by_the_same_values(noise_tree, tmp_path):
    store = store_of(noise_tree, tmp_path / "cache")
    learnt = store.learnt(SETTINGS)
    for split in Split:
        clips = np.asarray(waveforms(store.dataset, split, 16_000, 50, tmp_path / "cache"))
        expected = reference.features(clips, learnt)
        np.testing.assert_array_equal(store.features(split, SETTINGS), expected)
        np.testing.assert_array_equal(store.features(split, learnt), expected)


def test_other_splits_teach_nothing(noise_tree, write, tmp_path):
    """Recordings of another sound in the place of one split's: only training's change values."""
    dataset, sound = load(str(noise_tree), None, tmp_path), write("tone.wav", tone(hz=900, ms=50))
    moved = {
        split: FeatureStore(
            replace(
                dataset,
                digest=split.value * 16,
                clips=tuple(
                    replace(clip, path=sound) if clip.split == split else clip
                    for clip in dataset.clips
                ),
            ),
            tmp_path,
        ).learnt(SETTINGS)
        for split in Split
    }
    before = FeatureStore(dataset, tmp_path).learnt(SETTINGS)
    assert moved[Split.VALIDATION] == moved[Split.TEST] == before
    assert moved[Split.TRAIN] != before


def test_a_later_session_learns_the_same(noise_tree, tmp_path):
    """From the cache, and from nothing."""
    first = store_of(noise_tree, tmp_path / "cache")
    before = first.learnt(SETTINGS)
    (kept,) = array_folder(tmp_path / "cache", first.dataset.digest).glob("learnt-*.npy")
    stamp = kept.stat().st_ino
    assert store_of(noise_tree, tmp_path / "cache").learnt(SETTINGS) == before
    assert kept.stat().st_ino == stamp
    kept.unlink()
    assert store_of(noise_tree, tmp_path / "cache").learnt(SETTINGS) == before


def test_values_that_came_along_stay(noise_tree, tmp_path):
    store = store_of(noise_tree, tmp_path / "cache")
    brought = replace(SETTINGS, channel_gains=(99,) * 16, channel_offsets=(7,) * 16)
    for settings in (brought, SETTINGS.plain, MicroSettings()):
        assert store.learnt(settings) is settings
    assert store.learnt(store.learnt(SETTINGS)) == store.learnt(SETTINGS)


def test_settings_that_cannot_work_are_refused(noise_tree, tmp_path):
    store = store_of(noise_tree, tmp_path / "cache")
    with pytest.raises(ConfigError, match="n_mels: 128 bands"):
        store.features(Split.TRAIN, replace(SETTINGS, n_mels=128))
