"""Clips to prove a tree with where there are no recordings: noise that swells, of any loudness."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import FrontEndSettings

__all__ = ["sounds"]

CLIPS = 4
SEED = 0
FAINTEST = 0.1
"""Of the loudness: what a clip swells from."""


def sounds(settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return clips behind run-ins, which are their faintest noise; the same in each call.

    Returns:
        [shape=(4, settings.heard_length)]
    """
    rng = np.random.default_rng(SEED)
    loudness = np.exp(rng.uniform(2.0, 10.0, (CLIPS, 1)))
    swell = np.full(settings.heard_length, FAINTEST)
    clip = swell[settings.heard_length - settings.clip_length :]
    clip += np.abs(np.sin(np.linspace(0.0, 3.0, settings.clip_length)))
    noise = rng.normal(size=(CLIPS, settings.heard_length)) * loudness * swell
    clips: NDArray[np.int16] = np.clip(noise, -32_768, 32_767).astype(np.int16)
    return clips
