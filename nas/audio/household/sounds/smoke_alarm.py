"""Smoke alarm: steady tone in the three-pulse pattern of ISO 8201.

The temporal-three pattern is 0.5 s on, 0.5 s off, three times, then 1.5 s of silence; each
phase may be 10 % off. A clip holds most of one pulse and perhaps the edge of a neighbour.
"""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import CLIP_LENGTH, SAMPLE_RATE_HZ, Samples, fade, place
from nas.audio.household.timbre import Timbre

__all__ = ["SmokeAlarm"]

PULSES = 3
PULSE_S = 0.5
TOLERANCE = 0.1


@dataclass(frozen=True)
class SmokeAlarm:
    """A T3 sounder.

    Attributes:
        timbre: of the tone.
        on_s: length of a pulse.
        off_s: length of the silence after it.
    """

    timbre: Timbre
    on_s: float
    off_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "SmokeAlarm":
        """Draw a sounder within the tolerance of the standard."""
        on_s, off_s = PULSE_S * (1.0 + rng.uniform(-TOLERANCE, TOLERANCE, 2))
        return cls(Timbre.draw(rng), float(on_s), float(off_s))

    def render(self, rng: np.random.Generator) -> Samples:
        """Return 1 s around a random pulse, at least 0.3 s of it heard [shape=(CLIP_LENGTH,)]."""
        clip = np.zeros(CLIP_LENGTH)
        pulse = self.pulse()
        heard = int(rng.integers(PULSES))
        start_s = rng.uniform(-0.1, 0.6)
        for number in range(PULSES):
            place(clip, pulse, start_s + (number - heard) * (self.on_s + self.off_s))
        return clip

    def pulse(self) -> Samples:
        """Return one pulse of steady tone."""
        length = round(self.on_s * SAMPLE_RATE_HZ)
        return self.timbre.tone(length) * fade(length, 0.005)
