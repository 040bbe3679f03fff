"""The room between the sound and the microphone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nas.audio.household.signal import CLIP_LENGTH, SAMPLE_RATE_HZ, Samples, log_uniform, seconds

__all__ = ["Room"]

RESPONSE_LENGTH = SAMPLE_RATE_HZ // 2
FFT_LENGTH = 24_576  # 2^13 x 3, not below CLIP_LENGTH + RESPONSE_LENGTH - 1: no wrap-around
COLOUR_BANDS_HZ = (0.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0)


@dataclass(frozen=True, eq=False)
class Room:
    """A room's impulse response and the colour of the microphone in it.

    Attributes:
        response: spectrum of both [shape=(FFT_LENGTH // 2 + 1,)].
    """

    response: NDArray[np.complex128]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Room":
        """Draw a room: reverberation time 0.1 to 0.3 s, colour within 6 dB."""
        reverberation_s = log_uniform(rng, 0.1, 0.3)
        impulses = impulse_response(rng, reverberation_s, direct_db=rng.uniform(0.0, 10.0))
        colour_db = rng.uniform(-6.0, 6.0, len(COLOUR_BANDS_HZ))
        frequencies = np.fft.rfftfreq(FFT_LENGTH, 1.0 / SAMPLE_RATE_HZ)
        colour = 10.0 ** (np.interp(frequencies, COLOUR_BANDS_HZ, colour_db) / 20.0)
        return cls(np.fft.rfft(impulses, FFT_LENGTH) * colour)

    def heard(self, dry: Samples) -> Samples:
        """Return `dry` as the microphone hears it, cut to the clip [shape=(CLIP_LENGTH,)]."""
        spectrum = np.fft.rfft(dry, FFT_LENGTH) * self.response
        return np.fft.irfft(spectrum, FFT_LENGTH)[:CLIP_LENGTH]


def impulse_response(
    rng: np.random.Generator, reverberation_s: float, *, direct_db: float
) -> Samples:
    """Return an impulse and a noise tail that falls by 60 dB in `reverberation_s`.

    Args:
        rng: for the tail.
        reverberation_s: RT60 in seconds.
        direct_db: energy of the impulse over that of the tail.
    """
    tail = rng.standard_normal(RESPONSE_LENGTH)
    tail *= 10.0 ** (-3.0 * seconds(RESPONSE_LENGTH) / reverberation_s)
    tail *= 10.0 ** (-direct_db / 20.0) / np.sqrt(np.sum(np.square(tail)))
    tail[0] += 1.0
    return tail
