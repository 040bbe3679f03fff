"""Phone: bursts of a warble between two pitches (tone ringer)."""

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

__all__ = ["Phone"]


@dataclass(frozen=True)
class Phone:
    """A ringer that changes pitch many times a second.

    Attributes:
        timbre: of the lower tone.
        ratio: upper pitch over lower.
        warble_hz: full swings (low, high) a second.
        burst_s: length of a burst.
        pause_s: silence between bursts.
    """

    timbre: Timbre
    ratio: float
    warble_hz: float
    burst_s: float
    pause_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Phone":
        """Draw a ringer."""
        return cls(
            timbre=Timbre.draw(rng),
            ratio=rng.uniform(1.15, 1.4),
            warble_hz=rng.uniform(7.0, 14.0),
            burst_s=rng.uniform(0.35, 0.8),
            pause_s=rng.uniform(0.15, 0.4),
        )

    def render(self, rng: np.random.Generator) -> Samples:
        """Return 1 s of ringing cut at a random moment [shape=(CLIP_LENGTH,)]."""
        clip = np.zeros(CLIP_LENGTH)
        period_s = self.burst_s + self.pause_s
        start_s = -rng.uniform(0.0, period_s)
        burst = self.burst()
        while start_s < CLIP_LENGTH / SAMPLE_RATE_HZ:
            place(clip, burst, start_s)
            start_s += period_s
        return clip

    def burst(self) -> Samples:
        """Return one burst of warble."""
        length = round(self.burst_s * SAMPLE_RATE_HZ)
        upper = np.sin(2.0 * np.pi * self.warble_hz * seconds(length)) < 0.0
        return self.timbre.tone(length, np.where(upper, self.ratio, 1.0)) * fade(length, 0.006)
