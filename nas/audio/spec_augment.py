"""SpecAugment: stretches of time and bands of frequency hidden behind the mean.

D. S. Park et al., "SpecAugment", Interspeech 2019, without its time warping.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nas.errors import ConfigError

__all__ = ["STRENGTHS", "Masks", "mask"]

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class Masks:
    """How much may be hidden.

    Attributes:
        number: masks along time, and as many along frequency.
        widest: of one mask, as a fraction of the axis.
    """

    number: int
    widest: float


RECIPES = {"light": Masks(number=1, widest=0.10), "strong": Masks(number=2, widest=0.20)}
STRENGTHS = ("off", *RECIPES)


def mask(features: NDArray[Number], strength: str, rng: np.random.Generator) -> NDArray[Number]:
    """Return `features` with masks drawn anew for every clip; the argument is left as it is.

    Args:
        features: float or int8 [shape=(n, n_frames, n_bins)].
        strength: one of STRENGTHS.
        rng: source of every draw.

    Returns:
        Features of the same shape and type; a hidden value is the clip's mean.
    """
    if strength not in STRENGTHS:
        raise ConfigError(f"spec_augment: {strength!r} is none of {', '.join(STRENGTHS)}")
    if strength == "off":
        return features
    n, n_frames, n_mels = features.shape
    time = _hidden(n, n_frames, RECIPES[strength], rng)
    frequency = _hidden(n, n_mels, RECIPES[strength], rng)
    hidden = time[:, :, None] | frequency[:, None, :]
    return np.where(hidden, _means(features), features)


def _hidden(n: int, size: int, masks: Masks, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which positions of an axis are hidden [shape=(n, size)]."""
    shape = (n, masks.number, 1)
    width = rng.integers(0, int(masks.widest * size), shape, endpoint=True)
    start = rng.integers(0, size - width, endpoint=True)
    position = np.arange(size)
    inside = (position >= start) & (position < start + width)
    return np.asarray(np.any(inside, axis=1), np.bool_)


def _means(features: NDArray[Any]) -> NDArray[Any]:
    mean = np.mean(features, axis=(1, 2), keepdims=True)
    rounded = np.rint(mean) if np.issubdtype(features.dtype, np.integer) else mean
    return np.asarray(rounded, features.dtype)
