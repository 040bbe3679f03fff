"""Background: none of the others; the house's noise with one or two things that happen in it."""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.distractors import distraction
from nas.audio.household.signal import CLIP_LENGTH, Samples

__all__ = ["Background"]


@dataclass(frozen=True)
class Background:
    """How busy the house is.

    Attributes:
        busy: chance of each of two distractors in a clip.
    """

    busy: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Background":
        """Draw a household."""
        return cls(rng.uniform(0.5, 0.9))

    def render(self, rng: np.random.Generator) -> Samples:
        """Return none, one or two distractors [shape=(CLIP_LENGTH,)]."""
        clip = np.zeros(CLIP_LENGTH)
        for _ in range(2):
            if rng.random() < self.busy:
                clip += rng.uniform(0.3, 1.0) * distraction(rng)
        return clip
