import multiprocessing
import os

import numpy as np
import pytest

from nas.audio import (
    FeatureStore,
    Split,
    cache_dir,
    class_weights,
    load,
    waveform_cache,
    waveforms,
)
from nas.audio.cache import array_folder, evict
from nas.audio.decode import decode
from nas.errors import ConfigError, DataError
from nas.frontend import LogMelSettings
from tests.audio import double

SETTINGS = LogMelSettings(clip_ms=100, n_mels=8)


@pytest.fixture
def dataset(folder_tree, tmp_path):
    return load(str(folder_tree), None, tmp_path / "cache")


@pytest.fixture
def store(dataset, tmp_path, front_end):
    return FeatureStore(dataset, tmp_path / "cache")


def test_waveforms_are_the_clips_centred(dataset, tmp_path):
    got = waveforms(dataset, Split.TRAIN, 16_000, 100, tmp_path / "cache")
    clips = dataset.of(Split.TRAIN)
    assert got.dtype == np.int16
    assert got.shape == (len(clips), 1_600)
    for row, clip in zip(got, clips, strict=True):
        assert np.array_equal(row[400:1_200], decode(clip.path, 16_000))
        assert not row[:400].any()
        assert not row[1_200:].any()


def test_a_file_that_goes_away_is_named(dataset, tmp_path):
    lost = dataset.of(Split.TEST)[0].path
    lost.unlink()
    with pytest.raises(DataError, match=f"{lost.name}: could be read when it was checked"):
        waveforms(dataset, Split.TEST, 16_000, 100, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("waveforms-*.npy"))


def test_features_are_what_the_front_end_gives(store, dataset, tmp_path):
    got = store.features(Split.VALIDATION, SETTINGS)
    clips = waveforms(dataset, Split.VALIDATION, 16_000, 100, tmp_path / "cache")
    assert isinstance(got, np.memmap)
    assert not got.flags.writeable
    assert got.dtype == np.int8
    assert got.shape == (len(clips), SETTINGS.n_frames, 8)
    assert np.array_equal(got, double.features(clips, SETTINGS))


def test_labels_match_the_rows(store, dataset):
    labels = store.labels(Split.TRAIN)
    assert labels.dtype == np.int64
    assert labels.tolist() == [clip.label for clip in dataset.of(Split.TRAIN)]


def test_second_time_nothing_is_computed(store, dataset, tmp_path):
    first = np.array(store.features(Split.TRAIN, SETTINGS, "light", 2))
    double.CALLS.clear()
    again = FeatureStore(dataset, tmp_path / "cache").features(Split.TRAIN, SETTINGS, "light", 2)
    assert np.array_equal(first, again)
    assert double.CALLS == []


def test_copies_and_strengths_differ_and_off_has_one_copy(store):
    arrays = [
        np.array(store.features(Split.TRAIN, SETTINGS, strength, copy))
        for strength, copy in [("off", 0), ("light", 0), ("light", 1), ("strong", 0)]
    ]
    assert len({array.tobytes() for array in arrays}) == 4
    off = store.features(Split.TRAIN, SETTINGS, "off", 3)
    assert np.array_equal(off, arrays[0])


def test_computing_anew_gives_the_same_bytes(dataset, tmp_path, front_end):
    first, second = (
        FeatureStore(dataset, tmp_path / name).features(Split.TRAIN, SETTINGS, "strong", 1)
        for name in ("one", "two")
    )
    assert np.array_equal(first, second)


def test_a_front_end_that_changes_is_noticed(store, monkeypatch):
    before = np.array(store.features(Split.TRAIN, SETTINGS))
    from nas.audio.features import _fingerprint

    monkeypatch.setattr("nas.frontend.features", lambda x, s: double.features(x, s) + np.int8(1))
    _fingerprint.cache_clear()
    assert np.array_equal(store.features(Split.TRAIN, SETTINGS), before + 1)


def test_least_recently_used_arrays_go_first(dataset, tmp_path, front_end):
    cache = tmp_path / "cache"
    store = FeatureStore(dataset, cache, limit_bytes=1)
    first = store.features(Split.TRAIN, SETTINGS)
    store.features(Split.TEST, SETTINGS)
    left = [path.name for path in array_folder(cache, dataset.digest).glob("features-*.npy")]
    assert len(left) == 1
    assert left[0].startswith("features-test-")
    assert first.shape[0] == len(dataset.of(Split.TRAIN))  # an open map survives


def test_eviction_keeps_the_newest_within_the_limit(tmp_path):
    for age, name in enumerate("abcd"):
        path = tmp_path / "x" / f"{name}.npy"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (1_000 + age, 1_000 + age))
    evict(tmp_path, 250, keep=tmp_path / "x" / "a.npy")
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == ["a.npy", "d.npy"]


def test_two_processes_compute_once(dataset, folder_tree, tmp_path):
    context = multiprocessing.get_context("spawn")
    logs = [tmp_path / f"{k}.log" for k in range(2)]
    arguments = [(str(folder_tree), str(tmp_path / "shared"), str(log)) for log in logs]
    workers = [context.Process(target=double.compute, args=a) for a in arguments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    computed, sums = zip(*(log.read_text().split() for log in logs), strict=True)
    # Each process fingerprints the front end with one clip; one of them computes the split.
    assert sorted(int(c) for c in computed) == [1, 1 + len(dataset.of(Split.TRAIN))]
    assert sums[0] == sums[1]
    assert not list((tmp_path / "shared").rglob("*.part"))


def test_wrong_arguments_are_refused(store):
    with pytest.raises(ConfigError, match="'loud' is none of off, light"):
        store.features(Split.TRAIN, SETTINGS, "loud")
    with pytest.raises(ConfigError, match="copy: -1 is negative"):
        store.features(Split.TRAIN, SETTINGS, "light", -1)


def test_class_weights_by_hand():
    weights = class_weights(np.array([0, 0, 0, 1]), 3)
    assert weights == pytest.approx([2 / 3, 2.0, 0.0])
    assert weights[[0, 0, 0, 1]].mean() == pytest.approx(1.0)


def test_cache_dir_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NAS_CACHE_DIR", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NAS_CACHE_DIR", "~/kept")
    assert cache_dir() == tmp_path / "kept"
    monkeypatch.delenv("NAS_CACHE_DIR")
    assert cache_dir().name == "nas"


@pytest.mark.parametrize("changed", ["version", "resampler"])
def test_all_that_is_made_of_samples_follows_a_change_of_decoding(
    dataset, tmp_path, monkeypatch, changed
):
    """As a session before the change and one after it would: halved samples, one number raised."""
    taught = LogMelSettings(clip_ms=50, n_mels=16, normalise="per_channel")

    def answers():
        store = FeatureStore(dataset, tmp_path / "cache")
        return [
            waveforms(dataset, Split.TRAIN, 16_000, 100, tmp_path / "cache"),
            store.features(Split.TRAIN, SETTINGS),
            store.features(Split.TRAIN, SETTINGS, "light"),
            np.array(store.learnt(taught).channel_offsets),
        ]

    before = answers()
    monkeypatch.setattr(waveform_cache, "decode", lambda *a, **k: decode(*a, **k) // 2)
    assert all(np.array_equal(a, b) for a, b in zip(before, answers(), strict=True))
    if changed == "version":
        monkeypatch.setattr(waveform_cache, "VERSION", waveform_cache.VERSION + 1)
    else:
        monkeypatch.setattr(waveform_cache.soxr, "__version__", "99.0")
    after = answers()
    assert not any(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert np.array_equal(after[0], before[0] // 2)


def test_the_limit_of_the_store_holds_for_what_it_decodes(dataset, tmp_path):
    cache = tmp_path / "cache"
    other = array_folder(cache, "0" * 64) / "other.npy"
    other.parent.mkdir(parents=True)
    np.save(other, np.zeros(100_000, np.int8))
    os.utime(other, (1, 1))
    roomy = FeatureStore(dataset, cache)
    roomy.heard(Split.TRAIN, SETTINGS, [0])
    assert other.exists()
    FeatureStore(dataset, cache, limit_bytes=90_000).heard(Split.TEST, SETTINGS, [0])
    assert not other.exists()
