"""Clips to prove a tree with where there are no recordings: noise that swells, of any loudness."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import FrontEndSettings

__all__ = ["sounds"]

CLIPS = 4
SEED = 0


def sounds(settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return clips [shape=(4, clip_length)]; the same in each call."""
    rng = np.random.default_rng(SEED)
    loudness = np.exp(rng.uniform(2.0, 10.0, (CLIPS, 1)))
    swell = 0.1 + np.abs(np.sin(np.linspace(0.0, 3.0, settings.clip_length)))
    noise = rng.normal(size=(CLIPS, settings.clip_length)) * loudness * swell
    return np.clip(noise, -32_768, 32_767).astype(np.int16)
