"""The classes of sound; the order is the order of the labels."""

from typing import Protocol

import numpy as np

from nas.audio.household.signal import Samples
from nas.audio.household.sounds.babble import Babble
from nas.audio.household.sounds.background import Background
from nas.audio.household.sounds.doorbell import Doorbell
from nas.audio.household.sounds.kettle import Kettle
from nas.audio.household.sounds.knock import Knock
from nas.audio.household.sounds.phone import Phone
from nas.audio.household.sounds.smoke_alarm import SmokeAlarm

__all__ = ["BACKGROUND", "LABELS", "SOUNDS", "Device", "Sound"]


class Device(Protocol):
    """One thing in one house that makes the sound of its class."""

    def render(self, rng: np.random.Generator) -> Samples:
        """Return one occurrence, dry, at any level [shape=(CLIP_LENGTH,)]."""


class Sound(Protocol):
    """A class of sound: draws the devices that houses own."""

    def draw(self, rng: np.random.Generator) -> Device:
        """Draw one device."""


BACKGROUND = "background"
SOUNDS: dict[str, Sound] = {
    "doorbell": Doorbell,
    "smoke_alarm": SmokeAlarm,
    "knock": Knock,
    "phone": Phone,
    "kettle": Kettle,
    "babble": Babble,
    BACKGROUND: Background,
}
LABELS = tuple(SOUNDS)
