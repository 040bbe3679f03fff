"""The integer microfrontend against the same algorithm in float64, and against household sound."""

from dataclasses import replace

import numpy as np
import pytest

from nas.audio.household.house import House
from nas.audio.household.sounds import LABELS
from nas.frontend import features
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.tables import build
from tests.frontend import micro_float
from tests.frontend.micro_cases import as_int8
from tests.frontend.signals import speech

SETTINGS = [
    MicroSettings(),
    MicroSettings(pcan=False),
    MicroSettings(window_ms=25, hop_ms=10, n_channels=32),
    MicroSettings(window_ms=64, n_channels=64),
]


def household():
    rng = np.random.default_rng(3)
    return np.array([House.draw(rng).record(label, rng) for label in LABELS for _ in range(2)])


def loud_speech():
    return np.clip(speech(40).astype(int) * 20, -32_768, 32_767).astype(np.int16)


SOUNDS = {
    "speech": lambda: speech(56),
    "household": household,
    "loud": loud_speech,
    "noise": lambda: np.random.default_rng(1).normal(0, 1_000, (20, 16_000)).astype(np.int16),
}


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_sound(settings, sound):
    """What is 0, 1 or 2 64ths lies 51 and 17 steps apart, and a floor may fall on either side.

    So a few values are beyond three steps, as they would be in any arithmetic.
    """
    clips = SOUNDS[sound]()
    chosen = replace(settings, clip_ms=clips.shape[1] // 16)
    wanted = as_int8(micro_float.values(clips, chosen), build(chosen).feature_step)
    distance = np.abs(features(clips, chosen).astype(np.int64) - wanted)
    assert np.mean(distance <= 1) >= 0.995
    assert np.mean(distance > 3) <= 0.0025
