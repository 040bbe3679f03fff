"""A house: its devices, its rooms, its noise; and one clip recorded in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nas.audio.household.distractors import distraction
from nas.audio.household.noise import Noise
from nas.audio.household.room import Room
from nas.audio.household.signal import Samples, rms
from nas.audio.household.sounds import BACKGROUND, SOUNDS, Device

__all__ = ["House", "generator"]

DEVICES = 3  # of each class: front, back and garden door, three phones, three talkers ...
SNR_DB = (10.0, 28.0)
DISTRACTED = 0.4
DISTRACTOR_DB = (-30.0, -18.0)
PEAK_DBFS = (-30.0, -1.0)


@dataclass(frozen=True, eq=False)
class House:
    """One generated house.

    Attributes:
        devices: some for each label.
        room: between devices and microphone.
        noise: always there.
    """

    devices: dict[str, tuple[Device, ...]]
    room: Room
    noise: Noise

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "House":
        """Draw a house."""
        devices = {
            label: tuple(sound.draw(rng) for _ in range(DEVICES))
            for label, sound in SOUNDS.items()
        }
        return cls(devices, Room.draw(rng), Noise.draw(rng))

    def record(self, label: str, rng: np.random.Generator) -> NDArray[np.int16]:
        """Return one clip of `label` [shape=(CLIP_LENGTH,)]; it never clips."""
        device = self.devices[label][int(rng.integers(DEVICES))]
        dry = _peak_one(device.render(rng))
        if label != BACKGROUND and rng.random() < DISTRACTED:
            dry += _gain(rng, DISTRACTOR_DB) * distraction(rng)
        heard = self._with_noise(self.room.heard(dry), rng)
        level = 32_767.0 * _gain(rng, PEAK_DBFS)
        return np.rint(level * _peak_one(heard)).astype(np.int16)

    def _with_noise(self, heard: Samples, rng: np.random.Generator) -> Samples:
        """Add the house's noise at a random signal-to-noise ratio; silence becomes noise."""
        noise = self.noise.render(rng) / _gain(rng, SNR_DB)
        return heard + (rms(heard) or 1.0) * noise


def generator(seed: int, *key: int) -> np.random.Generator:
    """Return the generator of one thing: `key` is (house,) or (house, label, index)."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _gain(rng: np.random.Generator, range_db: tuple[float, float]) -> float:
    return float(10.0 ** (rng.uniform(*range_db) / 20.0))


def _peak_one(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max())
    return samples / peak if peak else samples
