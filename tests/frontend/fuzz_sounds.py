"""Sounds for the fuzzer: pieces that reach the ends of every integer, one after another."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["portions", "sound"]

Rng = np.random.Generator
LOW, HIGH = -32_768, 32_767


def _noise(length: int, rng: Rng) -> NDArray[np.int64]:
    limit = 1 << int(rng.integers(0, 16))
    return rng.integers(-limit, limit, length)


def _extremes(length: int, rng: Rng) -> NDArray[np.int64]:
    return rng.choice([LOW, HIGH], length)


def _square(length: int, rng: Rng) -> NDArray[np.int64]:
    half = int(rng.integers(1, 200))
    return np.where(np.arange(length) // half % 2, HIGH, LOW)


def _constant(length: int, rng: Rng) -> NDArray[np.int64]:
    return np.full(length, rng.choice([LOW, HIGH, 0, 1, -1, int(rng.integers(LOW, HIGH))]))


def _sine(length: int, rng: Rng) -> NDArray[np.int64]:
    turns = rng.uniform(0.0, np.pi) * np.arange(length) + rng.uniform(0.0, 6.3)
    return (HIGH * 2.0 ** -rng.integers(0, 15) * np.sin(turns)).astype(np.int64)


def _impulse(length: int, rng: Rng) -> NDArray[np.int64]:
    return np.where(np.arange(length) == rng.integers(length), rng.choice([LOW, HIGH, 1]), 0)


def _ramp(length: int, rng: Rng) -> NDArray[np.int64]:
    return np.linspace(*rng.permutation([LOW, HIGH]), length).astype(np.int64)


PIECES: tuple[Callable[[int, Rng], NDArray[np.int64]], ...] = (
    *(_noise, _extremes, _square, _constant, _sine, _impulse, _ramp),
)


def sound(length: int, rng: Rng) -> NDArray[np.int16]:
    """Return `length` samples of one to four pieces."""
    cuts = np.sort(rng.integers(0, length + 1, int(rng.integers(0, 4))))
    lengths = np.diff([0, *cuts, length])
    pieces = [PIECES[int(rng.integers(len(PIECES)))](int(n), rng) for n in lengths if n]
    return np.concatenate(pieces).astype(np.int16)


def portions(length: int, rng: Rng) -> NDArray[np.uint32]:
    """Return sizes of portions, some of 0 samples, that add up to `length`."""
    cuts = np.sort(rng.integers(0, length + 1, int(rng.integers(0, 12))))
    return np.diff([0, *cuts, length]).astype(np.uint32)
