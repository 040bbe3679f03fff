"""The detector in Python: the same decisions as firmware/app/detector.c, written another way."""

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from math import floor

__all__ = ["Detector"]


class Detector:
    """Smooths scores and says when a class fires; see firmware/include/nas/detector.h.

    Args:
        thresholds: lowest mean that fires, by class; 128 never fires.
        window: decisions in the mean.
        refractory: decisions after a detection in which none fires.
    """

    def __init__(self, thresholds: Sequence[int], *, window: int, refractory: int) -> None:
        self._thresholds = tuple(thresholds)
        self._scores: deque[tuple[int, ...]] = deque(maxlen=window)
        self._refractory = refractory
        self._since = refractory

    def push(self, scores: Sequence[int]) -> tuple[int, int] | None:
        """Take the int8 scores of one more decision; return class and mean if one fires."""
        self._scores.append(tuple(int(score) for score in scores))
        resting = self._since < self._refractory
        self._since += 1
        if resting or len(self._scores) < (self._scores.maxlen or 1):
            return None
        means = [Fraction(sum(column), len(column)) for column in zip(*self._scores, strict=True)]
        best = max(range(len(means)), key=means.__getitem__)
        if means[best] < self._thresholds[best]:
            return None
        self._since = 0
        return best, floor(means[best])
