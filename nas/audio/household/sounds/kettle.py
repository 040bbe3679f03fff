"""Kettle: a whistle that climbs in pitch and level, with flutter and hissing steam."""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import CLIP_LENGTH, Samples, rms, seconds, shaped
from nas.audio.household.timbre import Timbre

__all__ = ["Kettle"]


@dataclass(frozen=True)
class Kettle:
    """A whistling kettle coming to the boil.

    Attributes:
        timbre: of the whistle at the end of the clip.
        climb: pitch at the end of the clip over that at its start, above 1.
        growth_db: rise in level over the clip.
        flutter_hz: rate of the pitch's unrest.
        steam: RMS of the hiss over that of the whistle.
    """

    timbre: Timbre
    climb: float
    growth_db: float
    flutter_hz: float
    steam: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Kettle":
        """Draw a kettle."""
        return cls(
            timbre=Timbre.draw(rng),
            climb=rng.uniform(1.2, 1.6),
            growth_db=rng.uniform(3.0, 12.0),
            flutter_hz=rng.uniform(2.0, 5.0),
            steam=rng.uniform(0.1, 0.4),
        )

    def render(self, rng: np.random.Generator) -> Samples:
        """Return 1 s of rising whistle [shape=(CLIP_LENGTH,)]."""
        time = seconds()
        flutter = 1.0 + 0.008 * np.sin(2.0 * np.pi * (self.flutter_hz * time + rng.random()))
        whistle = self.timbre.tone(CLIP_LENGTH, self.climb ** (time - 1.0) * flutter)
        hiss = shaped(rng.standard_normal(CLIP_LENGTH), [self.timbre.pitch_hz], [1_500.0])
        mixed = whistle + self.steam * rms(whistle) / rms(hiss) * hiss
        return mixed * 10.0 ** (self.growth_db * (time - 1.0) / 20.0)
