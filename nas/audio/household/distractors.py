"""What else is to be heard in a house: each like one of the classes but for its timing.

A blip is too short for an alarm, a clink is one stroke and not two, a whine beats and does not
climb, a step comes alone, a motor buzzes like a voice but has no syllables.
"""

from collections.abc import Callable

import numpy as np

from nas.audio.household.signal import (
    CLIP_LENGTH,
    SAMPLE_RATE_HZ,
    Samples,
    fade,
    harmonics,
    place,
    seconds,
    shaped,
)
from nas.audio.household.thud import Thud
from nas.audio.household.timbre import Timbre

__all__ = ["DISTRACTORS", "blip", "buzz", "clink", "distraction", "step", "whine"]


def blip(rng: np.random.Generator) -> Samples:
    """Return one short beep of 30 to 70 ms."""
    length = round(rng.uniform(0.03, 0.07) * SAMPLE_RATE_HZ)
    return _placed(Timbre.draw(rng).tone(length) * fade(length, 0.005), rng)


def clink(rng: np.random.Generator) -> Samples:
    """Return one struck tone (glass, pan)."""
    decay_s = rng.uniform(0.04, 0.1)
    length = round(4.0 * decay_s * SAMPLE_RATE_HZ)
    decay = np.exp(-seconds(length) / decay_s)
    return _placed(Timbre.draw(rng).tone(length) * decay * fade(length, 0.004), rng)


def whine(rng: np.random.Generator) -> Samples:
    """Return a tone all through the clip that beats 4 to 8 times a second (a fan)."""
    beat = np.sin(2.0 * np.pi * (rng.uniform(4.0, 8.0) * seconds() + rng.random()))
    sound: Samples = Timbre.draw(rng).tone(CLIP_LENGTH) * (1.0 + 0.7 * beat)
    return sound


def step(rng: np.random.Generator) -> Samples:
    """Return one blow (a step, a drawer)."""
    return _placed(Thud.draw(rng).blow(rng), rng)


def buzz(rng: np.random.Generator) -> Samples:
    """Return a motor: steady harmonics through the cavities of its case."""
    partials = [1.0 / number for number in range(1, 31)]
    source = harmonics(rng.uniform(90.0, 240.0), partials, CLIP_LENGTH)
    centres = rng.uniform((250.0, 800.0, 2_200.0), (800.0, 2_200.0, 3_200.0))
    return shaped(source, centres.tolist(), (150.0, 200.0, 300.0))


DISTRACTORS: tuple[Callable[[np.random.Generator], Samples], ...] = (
    blip,
    clink,
    whine,
    step,
    buzz,
)


def distraction(rng: np.random.Generator) -> Samples:
    """Return one distractor of any kind with a peak of 1 [shape=(CLIP_LENGTH,)]."""
    sound = DISTRACTORS[int(rng.integers(len(DISTRACTORS)))](rng)
    scaled: Samples = sound / np.abs(sound).max()
    return scaled


def _placed(sound: Samples, rng: np.random.Generator) -> Samples:
    clip = np.zeros(CLIP_LENGTH)
    place(clip, sound, rng.uniform(0.0, 0.85))
    return clip
