"""Copies of training clips as other rooms, voices and microphones would have given them.

One copy draws for every clip: a speed (tempo and pitch together), a shift in time, a level and,
for most clips, a stretch of background at some signal-to-noise ratio. Where the data set has no
background, noise of three colours stands in for it. The manner is that of P. Warden's Speech
Commands recipe (arXiv:1804.03209) with speed perturbation after T. Ko et al. (Interspeech 2015).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.audio.dataset import Dataset
from nas.errors import ConfigError

__all__ = ["RECIPES", "STRENGTHS", "Recipe", "apply", "coloured_noise", "generator"]

VERSION = 1
"""Part of the cache's keys: raised when the same draw gives other samples."""
CHUNK = 64
"""Clips worked on at a time: the working arrays stay in the processor's cache."""
NOISE_SECONDS = 20
MARGIN = 4
"""Zeros around a clip, so that the four neighbours of any moment exist."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How far a copy may go from its clip.

    Attributes:
        shift_ms: at most so much earlier or later, and at most a fifth of the clip.
        gain_db: at most so much louder or softer.
        snr_db: lowest and highest signal-to-noise ratio of mixed-in background.
        mix_share: share of the clips that get background.
        speed: at most so much faster or slower, as a fraction.
    """

    shift_ms: int
    gain_db: float
    snr_db: tuple[float, float]
    mix_share: float
    speed: float


RECIPES = {
    "light": Recipe(shift_ms=50, gain_db=3.0, snr_db=(15.0, 40.0), mix_share=0.5, speed=0.0),
    "medium": Recipe(shift_ms=100, gain_db=6.0, snr_db=(5.0, 30.0), mix_share=0.8, speed=0.05),
    "strong": Recipe(shift_ms=150, gain_db=10.0, snr_db=(0.0, 25.0), mix_share=0.9, speed=0.10),
}
STRENGTHS = ("off", *RECIPES)


def generator(dataset: Dataset, split: str, strength: str, copy: int) -> np.random.Generator:
    """Return the generator of one copy: the same draws for the same data, strength and number."""
    text = f"{VERSION}:{dataset.digest}:{split}:{strength}:{copy}"
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")
    return np.random.default_rng(seed)


def apply(
    clips: NDArray[np.int16],
    background: NDArray[np.int16],
    strength: str,
    *,
    sample_rate_hz: int,
    rng: np.random.Generator,
) -> NDArray[np.int16]:
    """Return one augmented copy of `clips`.

    Args:
        clips: [shape=(n, clip_length)].
        background: noise at the same rate [shape=(m,)]; empty for coloured noise.
        strength: one of STRENGTHS.
        sample_rate_hz: rate of both.
        rng: source of every draw.

    Returns:
        Samples [shape=(n, clip_length)]; saturated where they leave the range of int16.
    """
    if strength not in STRENGTHS:
        raise ConfigError(f"augment: {strength!r} is none of {', '.join(STRENGTHS)}")
    if strength == "off":
        return np.array(clips)
    length = clips.shape[1]
    if not background.size:
        background = coloured_noise(NOISE_SECONDS * sample_rate_hz, rng)
    noise = np.resize(background, max(background.size, length)).astype(np.float32)
    draws = _draw(RECIPES[strength], clips.shape, sample_rate_hz, noise.size, rng)
    out = np.empty_like(clips)
    for begin in range(0, len(clips), CHUNK):
        part = slice(begin, begin + CHUNK)
        out[part] = _copy(clips[part], noise, {key: draw[part] for key, draw in draws.items()})
    return out


def coloured_noise(length: int, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return white, pink and brown noise after one another, of equal power [shape=(length,)]."""
    pieces = []
    for exponent, size in zip((0.0, 0.5, 1.0), _thirds(length), strict=True):
        spectrum = np.fft.rfft(rng.standard_normal(size))
        spectrum /= np.maximum(np.arange(spectrum.size), 1.0) ** exponent
        piece = np.fft.irfft(spectrum, size)
        pieces.append(piece * (3_000.0 / np.sqrt(np.mean(piece**2))))
    return _rounded(np.concatenate(pieces))


def _thirds(length: int) -> tuple[int, int, int]:
    third = length // 3
    return third, third, length - 2 * third


def _draw(
    recipe: Recipe,
    shape: tuple[int, ...],
    sample_rate_hz: int,
    noise_length: int,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.float64]]:
    """Return the draws of all clips at once, so that they do not depend on CHUNK."""
    n, length = shape
    reach = min(recipe.shift_ms * sample_rate_hz // 1_000, length // 5)
    snr = rng.uniform(*recipe.snr_db, n)
    return {
        "speed": rng.uniform(1.0 - recipe.speed, 1.0 + recipe.speed, n),
        "shift": rng.integers(-reach, reach, n, endpoint=True).astype(np.float64),
        "gain": 10.0 ** (rng.uniform(-recipe.gain_db, recipe.gain_db, n) / 20.0),
        "noise_gain": np.where(rng.random(n) < recipe.mix_share, 10.0 ** (-snr / 20.0), 0.0),
        "noise_start": rng.integers(0, noise_length - length, n, endpoint=True).astype(np.float64),
    }


def _copy(
    clips: NDArray[np.int16], noise: Floats, draws: dict[str, NDArray[np.float64]]
) -> NDArray[np.int16]:
    signal = _moved(clips.astype(np.float32), draws["speed"], draws["shift"])
    starts = draws["noise_start"].astype(np.int64)
    pieces = np.lib.stride_tricks.sliding_window_view(noise, clips.shape[1])[starts]
    level = draws["noise_gain"] * _level(signal) / np.maximum(_level(pieces), 1.0)
    mixed = signal + pieces * level.astype(np.float32)[:, None]
    mixed *= draws["gain"].astype(np.float32)[:, None]
    return _rounded(mixed)


def _rounded(samples: NDArray[np.floating[Any]]) -> NDArray[np.int16]:
    return np.asarray(np.clip(np.rint(samples), -32_768, 32_767), np.int16)


def _level(samples: Floats) -> NDArray[np.float64]:
    """Return the root mean square of each row, the zeros at its ends (padding) not counted."""
    energy = np.einsum("ij,ij->i", samples, samples, dtype=np.float64)
    sound = samples != 0
    heard = samples.shape[1] - sound.argmax(axis=1) - sound[:, ::-1].argmax(axis=1)
    return np.asarray(np.sqrt(energy / heard), np.float64)


def _moved(clips: Floats, speed: NDArray[np.float64], shift: NDArray[np.float64]) -> Floats:
    """Return the rows played at `speed` about their middle, then `shift` samples later.

    Between samples: the cubic of Catmull and Rom through four neighbours; outside: zeros.
    """
    n, length = clips.shape
    middle = (length - 1) / 2
    time = np.outer(speed, np.arange(length) - middle) + (middle - shift * speed)[:, None]
    whole = np.floor(time)
    t = (time - whole).astype(np.float32)
    flat = np.pad(clips, ((0, 0), (MARGIN, MARGIN))).ravel()
    index = np.clip(whole, 1 - MARGIN, length + MARGIN - 3).astype(np.int64)
    index += (np.arange(n) * (length + 2 * MARGIN) + MARGIN)[:, None]
    before, here, after, beyond = (flat.take(index + step) for step in (-1, 0, 1, 2))
    slope = after - before
    curve = 2 * before - 5 * here + 4 * after - beyond
    bend = 3 * (here - after) + beyond - before
    moved = here + np.float32(0.5) * t * (slope + t * (curve + t * bend))
    return np.asarray(moved, np.float32)
