"""All clips of a split as one int16 array on disk."""

from pathlib import Path

import numpy as np
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray
from soundfile import LibsndfileError

from nas.audio.cache import LIMIT_BYTES, array_folder, cached_array
from nas.audio.dataset import Clip, Dataset, Split
from nas.audio.decode import decode, fit
from nas.errors import DataError

__all__ = ["background", "decoding", "waveforms"]

VERSION = 1
"""Part of `decoding`: raised when decoding or fitting gives other samples."""


def decoding() -> str:
    """Return what tells samples of one way of decoding from another's: version and resampler.

    Part of the key of all that is made of decoded samples.
    """
    return f"v{VERSION}-soxr{soxr.__version__}"


def waveforms(
    dataset: Dataset,
    split: Split,
    sample_rate_hz: int,
    clip_ms: int,
    cache_dir: Path,
    *,
    limit_bytes: int = LIMIT_BYTES,
) -> NDArray[np.int16]:
    """Return the clips of `split` in order, decoded once and kept.

    A shorter clip stands in the middle of zeros; of a longer one the middle is taken. Writing it
    evicts other arrays beyond `limit_bytes`.

    Returns:
        Read-only memory map [shape=(n, clip_length)].
    """
    clips, length = dataset.of(split), sample_rate_hz * clip_ms // 1_000
    if not clips:
        raise DataError(f"{dataset.name}: no clips for {split.value}")
    path = _path(dataset, f"{split.value}-{sample_rate_hz}-{clip_ms}", cache_dir)

    def write(target: Path) -> None:
        shape = (len(clips), length)
        out = np.lib.format.open_memmap(target, mode="w+", dtype=np.int16, shape=shape)
        for row, clip in zip(out, clips, strict=True):
            row[:] = fit(_decode(clip, sample_rate_hz), length)
        out.flush()

    return cached_array(path, write, limit_bytes=limit_bytes)


def background(
    dataset: Dataset, sample_rate_hz: int, cache_dir: Path, *, limit_bytes: int = LIMIT_BYTES
) -> NDArray[np.int16]:
    """Return the training noise in one piece [shape=(n,)]; empty where there is none."""
    if not dataset.background:
        return np.empty(0, np.int16)
    path = _path(dataset, f"background-{sample_rate_hz}", cache_dir)

    def write(target: Path) -> None:
        pieces = [_decode(clip, sample_rate_hz) for clip in dataset.background]
        with target.open("wb") as file:
            np.save(file, np.concatenate(pieces))

    return cached_array(path, write, limit_bytes=limit_bytes)


def _path(dataset: Dataset, name: str, cache_dir: Path) -> Path:
    return array_folder(cache_dir, dataset.digest) / f"waveforms-{name}-{decoding()}.npy"


def _decode(clip: Clip, sample_rate_hz: int) -> NDArray[np.int16]:
    try:
        return decode(clip.path, sample_rate_hz, start_ms=clip.start_ms, length_ms=clip.length_ms)
    except (OSError, LibsndfileError) as error:
        raise DataError(
            f"{clip.path}: could be read when it was checked, but not now ({error}); "
            "put it back or start again without it"
        ) from None
