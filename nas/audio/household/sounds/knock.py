"""Knock: three to five quick blows on a door, evenly spaced."""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import CLIP_LENGTH, Samples, place
from nas.audio.household.thud import Thud

__all__ = ["Knock"]


@dataclass(frozen=True)
class Knock:
    """A door and how it is knocked at.

    Attributes:
        door: the sound of one blow.
        gap_s: usual time from one blow to the next.
    """

    door: Thud
    gap_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Knock":
        """Draw a door."""
        return cls(Thud.draw(rng), rng.uniform(0.12, 0.2))

    def render(self, rng: np.random.Generator) -> Samples:
        """Return one knocking, all blows inside the clip [shape=(CLIP_LENGTH,)]."""
        clip = np.zeros(CLIP_LENGTH)
        blows = int(rng.integers(3, 6))
        gap_s = self.gap_s * rng.uniform(0.9, 1.1)
        start_s = rng.uniform(0.0, 0.95 - (blows - 1) * gap_s)
        for number in range(blows):
            blow = self.door.blow(rng) * rng.uniform(0.7, 1.0)
            place(clip, blow, start_s + (number + rng.normal(0.0, 0.03)) * gap_s)
        return clip
