"""Pitch and partials of anything in the house that beeps, rings or whistles.

All tonal classes and tonal distractors draw from here, so that neither pitch nor spectrum
tells one from another: only what they do in time does.
"""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import Samples, harmonics, log_uniform

__all__ = ["Timbre"]

LOWEST_HZ, HIGHEST_HZ = 650.0, 3_300.0


@dataclass(frozen=True)
class Timbre:
    """What a sounder's tone is made of.

    Attributes:
        pitch_hz: fundamental.
        partials: amplitudes of the harmonics, the first one 1.
    """

    pitch_hz: float
    partials: tuple[float, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Timbre":
        """Draw a sounder: pitch log-uniform, harmonics falling by 6 to 24 dB each."""
        fall = 10.0 ** (-rng.uniform(6.0, 24.0) / 20.0)
        weights = fall ** np.arange(4) * rng.uniform(0.3, 1.0, 4)
        weights[0] = 1.0
        return cls(log_uniform(rng, LOWEST_HZ, HIGHEST_HZ), tuple(weights.tolist()))

    def tone(self, length: int, ratio: float | Samples = 1.0) -> Samples:
        """Return `length` samples at `ratio` times the pitch (one, or one for each sample)."""
        return harmonics(self.pitch_hz * np.asarray(ratio), self.partials, length)
