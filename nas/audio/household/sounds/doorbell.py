"""Doorbell: two struck tones, the second lower (ding-dong)."""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import (
    CLIP_LENGTH,
    SAMPLE_RATE_HZ,
    Samples,
    fade,
    place,
    seconds,
)
from nas.audio.household.timbre import Timbre

__all__ = ["Doorbell"]

INTERVALS = (4 / 5, 3 / 4, 2 / 3)  # major third, fourth and fifth downward


@dataclass(frozen=True)
class Doorbell:
    """A two-tone chime.

    Attributes:
        timbre: of the first tone.
        ratio: second pitch over first, below 1.
        gap_s: from the first stroke to the second.
        decay_s: time in which a stroke falls to 1/e.
    """

    timbre: Timbre
    ratio: float
    gap_s: float
    decay_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Doorbell":
        """Draw a chime."""
        ratio = float(rng.choice(INTERVALS))
        return cls(Timbre.draw(rng), ratio, rng.uniform(0.25, 0.45), rng.uniform(0.12, 0.35))

    def render(self, rng: np.random.Generator) -> Samples:
        """Return one ring, both strokes well inside the clip [shape=(CLIP_LENGTH,)]."""
        clip = np.zeros(CLIP_LENGTH)
        start_s = rng.uniform(0.0, 0.75 - self.gap_s)
        place(clip, self.stroke(1.0), start_s)
        place(clip, self.stroke(self.ratio), start_s + self.gap_s)
        return clip

    def stroke(self, ratio: float) -> Samples:
        """Return one struck tone at `ratio` times the pitch."""
        length = round(4.0 * self.decay_s * SAMPLE_RATE_HZ)
        decay = np.exp(-seconds(length) / self.decay_s)
        return self.timbre.tone(length, ratio) * decay * fade(length, 0.004)
