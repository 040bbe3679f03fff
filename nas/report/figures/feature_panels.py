"""What is drawn of a recording's features: the int8, the same in float64, the difference."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FeaturesPicture", "Panel", "panels"]

FULL = (-128.0, 127.0)
OFF_BY = 3.0
"""Steps at which the colours of the difference end."""


@dataclass(frozen=True, kw_only=True)
class FeaturesPicture:
    """What is drawn.

    Attributes:
        title: which features of what.
        said: the error in words, or why there is none.
        values: int8 [shape=(n_frames, n_bins)].
        reference: the same in float64, or None.
        hop_ms: between frames.
        is_waveform: the rows are one signal: lines are drawn, not a map.
    """

    title: str
    said: str
    values: NDArray[np.int8]
    reference: NDArray[np.float64] | None
    hop_ms: int
    is_waveform: bool


@dataclass(frozen=True)
class Panel:
    """One map or line of the picture.

    Attributes:
        name: above it.
        values: [shape=(n_frames, n_bins)].
        ends: values of the first and the last colour.
    """

    name: str
    values: NDArray[np.float64]
    ends: tuple[float, float]


def panels(picture: FeaturesPicture) -> Iterator[Panel]:
    """Return the panels from top to bottom."""
    seen = picture.values.astype(np.float64)
    yield Panel("what the network sees (int8)", seen, FULL)
    if picture.reference is None:
        return
    kept = np.clip(picture.reference, *FULL)
    yield Panel("float64", kept, FULL)
    yield Panel(
        "the first less the rounded second", seen - np.floor(kept + 0.5), (-OFF_BY, OFF_BY)
    )
