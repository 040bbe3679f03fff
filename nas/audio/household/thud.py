"""One blow on wood, floor or table: a few damped modes and a click."""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import SAMPLE_RATE_HZ, Samples, log_uniform, seconds

__all__ = ["Thud"]

LENGTH = round(0.2 * SAMPLE_RATE_HZ)


@dataclass(frozen=True)
class Thud:
    """A surface that is struck.

    Attributes:
        modes_hz: its natural frequencies.
        decay_s: time in which a mode falls to 1/e.
        click: peak of the broadband click over that of the modes.
    """

    modes_hz: tuple[float, ...]
    decay_s: float
    click: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Thud":
        """Draw a surface."""
        lowest = log_uniform(rng, 100.0, 500.0)
        modes = lowest * np.cumprod([1.0, *rng.uniform(1.3, 2.0, 3)])
        return cls(tuple(modes.tolist()), rng.uniform(0.012, 0.035), rng.uniform(0.1, 0.6))

    def blow(self, rng: np.random.Generator) -> Samples:
        """Return one blow; no two are alike [shape=(LENGTH,)]."""
        time = seconds(LENGTH)
        sound = self.click * rng.standard_normal(LENGTH) * np.exp(-time / 0.004)
        for mode in self.modes_hz:
            wave = np.sin(2.0 * np.pi * mode * time + rng.uniform(0.0, 0.5))
            sound += rng.uniform(0.3, 1.0) * wave * np.exp(-time / self.decay_s)
        return sound
