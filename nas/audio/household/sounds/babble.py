"""Babble: speech-like voices by formant synthesis, random syllables, no words.

A voice is a train of glottal pulses through three resonances that move from one vowel to the
next, with a burst of noise where a consonant would be. Vowel formants are rounded averages
over many speakers (Peterson and Barney, 1952).
"""

from dataclasses import dataclass

import numpy as np

from nas.audio.household.signal import (
    CLIP_LENGTH,
    SAMPLE_RATE_HZ,
    Samples,
    fade,
    harmonics,
    place,
    rms,
    shaped,
)

__all__ = ["VOWELS_HZ", "Babble"]

VOWELS_HZ = (
    (270.0, 2290.0, 3010.0),
    (390.0, 1990.0, 2550.0),
    (530.0, 1840.0, 2480.0),
    (660.0, 1720.0, 2410.0),
    (730.0, 1090.0, 2440.0),
    (570.0, 840.0, 2410.0),
    (300.0, 870.0, 2240.0),
)
WIDTHS_HZ = (90.0, 120.0, 180.0)
PULSE = tuple(1.0 / number for number in range(1, 31))  # 6 dB an octave, as glottis and lips


@dataclass(frozen=True)
class Babble:
    """Someone who talks.

    Attributes:
        pitch_hz: usual pitch of the voice.
        tract: formants over the average speaker's.
        syllables_hz: syllables a second.
    """

    pitch_hz: float
    tract: float
    syllables_hz: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Babble":
        """Draw a voice."""
        return cls(rng.uniform(90.0, 240.0), rng.uniform(0.9, 1.2), rng.uniform(3.5, 6.0))

    def render(self, rng: np.random.Generator) -> Samples:
        """Return 1 s of syllables, already running when the clip starts."""
        clip = np.zeros(CLIP_LENGTH)
        start_s = -rng.uniform(0.0, 0.2)
        while start_s < CLIP_LENGTH / SAMPLE_RATE_HZ:
            length_s = rng.uniform(0.75, 1.25) / self.syllables_hz
            place(clip, self.syllable(rng, length_s) * rng.uniform(0.4, 1.0), start_s)
            start_s += length_s
        return clip

    def syllable(self, rng: np.random.Generator, length_s: float) -> Samples:
        """Return a consonant's noise and a vowel that glides into another."""
        length = round(length_s * SAMPLE_RATE_HZ)
        first, second = (VOWELS_HZ[i] for i in rng.integers(len(VOWELS_HZ), size=2))
        slide = np.linspace(0.0, 1.0, length)
        pitch = self.pitch_hz * rng.uniform(0.85, 1.15) * (1.0 - rng.uniform(-0.1, 0.2) * slide)
        source = harmonics(pitch, PULSE, length)
        vowel = (1.0 - slide) * self._spoken(source, first) + slide * self._spoken(source, second)
        sound = vowel / (rms(vowel) or 1.0) * fade(length, 0.3 * length_s)
        place(sound, _consonant(rng), 0.0)
        return sound

    def _spoken(self, source: Samples, vowel: tuple[float, ...]) -> Samples:
        return shaped(source, [self.tract * formant for formant in vowel], WIDTHS_HZ)


def _consonant(rng: np.random.Generator) -> Samples:
    """Return a short hiss of random colour and length, sometimes silent."""
    length = round(rng.uniform(0.02, 0.06) * SAMPLE_RATE_HZ)
    noise = shaped(rng.standard_normal(length), [rng.uniform(1_500.0, 5_500.0)], [1_500.0])
    return rng.uniform(0.0, 0.8) * noise / rms(noise) * fade(length, 0.01)
