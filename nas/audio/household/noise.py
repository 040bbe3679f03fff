"""The steady noise of a house: coloured hiss and mains hum."""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import (
    CLIP_LENGTH,
    SAMPLE_RATE_HZ,
    Samples,
    harmonics,
    rms,
)

__all__ = ["Noise"]

LOWEST_HZ = 40.0


@dataclass(frozen=True)
class Noise:
    """What is always there.

    Attributes:
        slope_db: change of level per octave, 0 (white) to -6 (brown).
        mains_hz: 50 or 60.
        hum: RMS of the hum over that of the hiss.
        partials: amplitudes of the hum's harmonics.
    """

    slope_db: float
    mains_hz: float
    hum: float
    partials: tuple[float, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Noise":
        """Draw a house's noise."""
        return cls(
            slope_db=rng.uniform(-6.0, 0.0),
            mains_hz=float(rng.choice((50.0, 60.0))),
            hum=rng.uniform(0.0, 0.8),
            partials=tuple(rng.uniform(0.0, 1.0, 6).tolist()),
        )

    def render(self, rng: np.random.Generator) -> Samples:
        """Return 1 s of it at an RMS of 1 [shape=(CLIP_LENGTH,)]."""
        hiss = coloured(rng, self.slope_db)
        hum = harmonics(self.mains_hz, self.partials, CLIP_LENGTH)
        mixed = hiss + self.hum * hum / rms(hum)
        return mixed / rms(mixed)


def coloured(rng: np.random.Generator, slope_db: float) -> Samples:
    """Return noise whose level changes by `slope_db` per octave, RMS 1 [shape=(CLIP_LENGTH,)]."""
    spectrum = np.fft.rfft(rng.standard_normal(CLIP_LENGTH))
    frequencies = np.fft.rfftfreq(CLIP_LENGTH, 1.0 / SAMPLE_RATE_HZ)
    octaves = np.log2(np.maximum(frequencies, LOWEST_HZ) / LOWEST_HZ)
    noise = np.fft.irfft(spectrum * 10.0 ** (slope_db * octaves / 20.0), CLIP_LENGTH)
    return noise / rms(noise)
