"""Features of a whole split, computed once for every setting and kept on disk."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nas.audio import augment as augmenting
from nas.audio import learning, run_in
from nas.audio.cache import allowed_bytes, array_folder, cached_array, used
from nas.audio.dataset import Dataset, Split
from nas.audio.run_in import RunIn
from nas.audio.waveform_cache import background, decoding, waveforms
from nas.errors import ConfigError
from nas.files import digest
from nas.frontend.settings import FrontEndSettings

__all__ = ["FeatureStore", "class_weights"]

VERSION = 1
"""Part of the cache's keys: raised when the same settings come to give other features."""
CHUNK = 64
"""Clips sent to the front end at a time, each time by the next thread that is free."""
OPEN_ARRAYS = 64
"""Memory maps kept open; the least recently used is closed first."""

FrontEnd = Callable[[NDArray[np.int16], FrontEndSettings], NDArray[np.int8]]


class FeatureStore:
    """The int8 features of one data set.

    Several processes may share a cache folder: each array is computed by one of them, under a
    lock, and appears as a whole.

    Args:
        dataset: whose clips.
        cache_dir: see `nas.audio.cache`.
        limit_bytes: of all cached arrays together; None for `allowed_bytes`.
    """

    def __init__(
        self, dataset: Dataset, cache_dir: Path, *, limit_bytes: int | None = None
    ) -> None:
        self.dataset = dataset
        self._cache_dir = cache_dir
        self._limit_bytes = allowed_bytes() if limit_bytes is None else limit_bytes
        self._opened: OrderedDict[Path, NDArray[np.int8]] = OrderedDict()
        self._learnt: dict[FrontEndSettings, FrontEndSettings] = {}

    def learnt(self, settings: FrontEndSettings) -> FrontEndSettings:
        """Return `settings` with the values that the training split teaches.

        Its clips count as they are, not augmented, and those of no other split. Settings that
        have their values, or need none, come back as they are.

        Raises:
            ConfigError: settings that cannot work.
            DataError: the split has no clips.
        """
        if not settings.is_unlearnt:
            return settings
        if settings not in self._learnt:
            values = self._values(learning.plain(settings))
            self._learnt[settings] = learning.with_values(settings, values)
        return self._learnt[settings]

    def features(
        self, split: Split, settings: FrontEndSettings, augment: str = "off", copy: int = 0
    ) -> NDArray[np.int8]:
        """Return the features of the clips of `split`, in their order.

        Args:
            split: which clips.
            settings: of the front end; its rate and clip length are those of the waveforms, and
                values that are not learnt yet those of `learnt`.
            augment: one of `nas.audio.augment.STRENGTHS`.
            copy: which augmented copy, from 0; without augmentation there is one.

        Returns:
            Read-only memory map [shape=(n, n_frames, n_bins)].

        Raises:
            ConfigError: unknown `augment`, negative `copy`, or settings that cannot work.
            DataError: the split has no clips.
        """
        if augment not in augmenting.STRENGTHS:
            known = ", ".join(augmenting.STRENGTHS)
            raise ConfigError(f"augment: {augment!r} is none of {known}")
        if copy < 0:
            raise ConfigError(f"copy: {copy} is negative")
        copy = 0 if augment == "off" else copy
        settings = self.learnt(settings)
        path = self._path(split, settings, augment, copy)
        if path not in self._opened:
            self._opened[path] = cached_array(
                path,
                lambda target: self._write(target, split, settings, augment, copy),
                limit_bytes=self._limit_bytes,
            )
        else:
            used(path)
        self._opened.move_to_end(path)
        while len(self._opened) > OPEN_ARRAYS:
            self._opened.popitem(last=False)
        return self._opened[path]

    def heard(
        self, split: Split, settings: FrontEndSettings, rows: Sequence[int]
    ) -> NDArray[np.int16]:
        """Return what the front end hears of some clips of `split`: each behind its run-in.

        Args:
            split: which clips.
            settings: of the front end.
            rows: numbers of the clips, from 0, in the order of `features`.

        Returns:
            Samples [shape=(len(rows), settings.heard_length)].
        """
        clips = self._clips(split, settings, "off", 0)
        run_in = self._run_in(split, settings, "off run-in", 0)
        if run_in is None:
            return np.ascontiguousarray(clips[list(rows)])
        each = [run_in.before(clips[row : row + 1], row) for row in rows]
        return np.concatenate(each)[:, : settings.heard_length]

    def labels(self, split: Split) -> NDArray[np.int64]:
        """Return the label of every clip of `split` [shape=(n,)]."""
        return np.array([clip.label for clip in self.dataset.of(split)], np.int64)

    def _values(self, settings: FrontEndSettings) -> NDArray[np.int32]:
        """Return what the training clips teach with `settings`, from the cache or for it."""
        versions = [decoding(), VERSION, learning.VERSION]
        key = digest([versions, _fingerprint(settings)])[:24]
        folder = array_folder(self._cache_dir, self.dataset.digest)

        def write(target: Path) -> None:
            clips = self._clips(Split.TRAIN, settings, "off", 0)

            def part(begin: int) -> NDArray[np.int8]:
                cut = np.ascontiguousarray(clips[begin : begin + CHUNK])
                return _computed(cut, settings, None, begin)

            with ThreadPoolExecutor(_threads()) as pool, target.open("wb") as file:
                np.save(file, learning.channel_values(range(0, len(clips), CHUNK), part, pool))

        return cached_array(folder / f"learnt-{key}.npy", write, limit_bytes=self._limit_bytes)

    def _path(self, split: Split, settings: FrontEndSettings, augment: str, copy: int) -> Path:
        versions: list[int | str] = [decoding(), VERSION]
        versions.append(augmenting.VERSION if augment != "off" else 0)
        if settings.run_in_ms:
            versions += [run_in.VERSION, settings.run_in_ms]
        key = digest([versions, _fingerprint(settings), augment, copy])[:24]
        return array_folder(self._cache_dir, self.dataset.digest) / (
            f"features-{split.value}-{augment}-{copy}-{key}.npy"
        )

    def _write(
        self, target: Path, split: Split, settings: FrontEndSettings, augment: str, copy: int
    ) -> None:
        clips = self._clips(split, settings, augment, copy)
        run_in = self._run_in(split, settings, f"{augment} run-in", copy)
        shape = (len(clips), settings.n_frames, settings.n_bins)
        out = np.lib.format.open_memmap(target, mode="w+", dtype=np.int8, shape=shape)

        def fill(begin: int) -> None:
            part = np.ascontiguousarray(clips[begin : begin + CHUNK])
            out[begin : begin + CHUNK] = _computed(part, settings, run_in, begin)

        with ThreadPoolExecutor(_threads()) as pool:  # C lets other threads run
            for _ in pool.map(fill, range(0, len(clips), CHUNK)):
                pass
        out.flush()

    def _run_in(
        self, split: Split, settings: FrontEndSettings, draw: str, copy: int
    ) -> RunIn | None:
        if not settings.run_in_ms:
            return None
        noise = self._background(settings.sample_rate_hz)
        rng = augmenting.generator(self.dataset, split.value, draw, copy)
        return RunIn.of(settings, len(self.dataset.of(split)), noise, rng)

    def _clips(
        self, split: Split, settings: FrontEndSettings, augment: str, copy: int
    ) -> NDArray[np.int16]:
        """Return the samples; augmented ones are kept too, as every front end setting asks."""
        rate = settings.sample_rate_hz
        clips = waveforms(
            self.dataset,
            split,
            rate,
            settings.clip_ms,
            self._cache_dir,
            limit_bytes=self._limit_bytes,
        )
        if augment == "off":
            return clips
        folder = array_folder(self._cache_dir, self.dataset.digest)
        name = f"{split.value}-{rate}-{settings.clip_ms}-{augment}-{copy}"
        path = folder / f"augmented-{name}-v{augmenting.VERSION}-{decoding()}.npy"

        def write(target: Path) -> None:
            noise = self._background(rate)
            rng = augmenting.generator(self.dataset, split.value, augment, copy)
            moved = augmenting.apply(clips, noise, augment, sample_rate_hz=rate, rng=rng)
            with target.open("wb") as file:
                np.save(file, moved)

        return cached_array(path, write, limit_bytes=self._limit_bytes)

    def _background(self, sample_rate_hz: int) -> NDArray[np.int16]:
        return background(
            self.dataset, sample_rate_hz, self._cache_dir, limit_bytes=self._limit_bytes
        )


def class_weights(labels: NDArray[np.integer[Any]], n_classes: int) -> NDArray[np.float64]:
    """Return weights that let every class count the same; their mean over the clips is 1.

    Args:
        labels: of the training clips [shape=(n,)].
        n_classes: a class without clips gets weight 0.

    Returns:
        Weights by label [shape=(n_classes,)].
    """
    counts = np.bincount(labels, minlength=n_classes)
    present = np.count_nonzero(counts)
    return np.where(counts > 0, labels.size / (present * np.maximum(counts, 1)), 0.0)


@lru_cache(maxsize=256)
def _fingerprint(settings: FrontEndSettings) -> str:
    """Return a digest of `settings` and of what the front end makes of one fixed clip.

    A front end whose arithmetic changes so never meets features of the old one.
    """
    length = settings.clip_length
    noise = np.random.default_rng(0).standard_normal(length) * np.linspace(0, 8_000, length)
    probe = np.clip(noise, -32_768, 32_767).astype(np.int16)[None, :]
    answer = hashlib.sha256(_front_end()(probe, settings).tobytes()).hexdigest()
    return digest([settings.to_dict(), answer])


def _computed(
    clips: NDArray[np.int16], settings: FrontEndSettings, run_in: RunIn | None, first: int
) -> NDArray[np.int8]:
    """Return the features of `clips`, the first of which is number `first` of its split."""
    if run_in is None:
        return _front_end()(clips, settings)
    whole = _front_end()(run_in.before(clips, first), run_in.settings)
    return run_in.dropped(whole, settings.n_frames)


def _threads() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _front_end() -> FrontEnd:
    """Return the batch function of the front end, which may compile itself on first use."""
    return cast(FrontEnd, import_module("nas.frontend").features)
