"""What a front end learns of data before it can be used: the sums over features of all clips."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nas.frontend.normalise import NormalisedSettings, values_for
from nas.frontend.settings import FrontEndSettings

__all__ = ["VERSION", "channel_values", "plain", "with_values"]

VERSION = 1
"""Part of the cache's keys: raised when the same features come to teach other values."""

Part = Callable[[int], NDArray[np.int8]]


def plain(settings: FrontEndSettings) -> NormalisedSettings:
    """Return the front end that values are learnt from: the same, without normalisation."""
    assert isinstance(settings, NormalisedSettings), f"{settings.kind} learns nothing"
    return settings.plain


def channel_values(parts: Iterable[int], features: Part, pool: Executor) -> NDArray[np.int32]:
    """Return offsets and gains of each channel [shape=(2, n_bins)].

    Rounded features do: the rounding adds a twelfth of a step squared to a variance, 0.2 % of the
    deviation of the quietest channel that counts. The sums are whole numbers, so that neither the
    parts nor their order matter.

    Args:
        parts: keys of the parts of the clips.
        features: int8 features of one part [shape=(n, n_frames, n_bins)].
        pool: where parts are computed.
    """
    counts, sums, squares = zip(*pool.map(lambda part: _sums(features(part)), parts), strict=True)
    return np.array(values_for(sum(counts), np.sum(sums, axis=0), np.sum(squares, axis=0)), "i4")


def with_values(settings: FrontEndSettings, values: NDArray[np.int32]) -> FrontEndSettings:
    """Return `settings` with what `channel_values` gave."""
    assert isinstance(settings, NormalisedSettings), f"{settings.kind} learns nothing"
    offsets, gains = map(tuple, values.tolist())
    return replace(settings, channel_offsets=offsets, channel_gains=gains)


def _sums(features: NDArray[np.int8]) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Return how many features a channel has, their sums and the sums of their squares."""
    values = features.reshape(-1, features.shape[-1]).astype(np.int64)
    return len(values), values.sum(axis=0), np.square(values).sum(axis=0)
