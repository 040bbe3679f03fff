"""How far the integer features are from the same features in float64."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds import kind_of
from nas.frontend.settings import FrontEndSettings

__all__ = ["FloatError", "as_int8", "error_of", "float_features"]


@dataclass(frozen=True)
class FloatError:
    """Distances in steps of int8, over all values.

    Attributes:
        equal: share of the values that are the same.
        within_one: share that is one step off at most.
        largest: largest distance.
    """

    equal: float
    within_one: float
    largest: int


def float_features(
    samples: NDArray[np.int16], settings: FrontEndSettings
) -> NDArray[np.float64] | None:
    """Return the features of whole clips in steps of int8, before rounding and clipping.

    Returns:
        Features [shape=(n, n_frames, n_bins)]; None where the kind has no float reference.
    """
    compute = kind_of(settings).float_reference
    return None if compute is None else compute(samples, settings)


def as_int8(values: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return what float64 features round to."""
    return np.clip(np.floor(values + 0.5), -128, 127).astype(np.int8)


def error_of(features: NDArray[np.int8], reference: NDArray[np.float64]) -> FloatError:
    """Return the distance of `features` from the rounded `reference` of the same shape."""
    distance = np.abs(features.astype(np.int64) - as_int8(reference).astype(np.int64))
    return FloatError(
        equal=float(np.mean(distance == 0)),
        within_one=float(np.mean(distance <= 1)),
        largest=int(distance.max()),
    )
