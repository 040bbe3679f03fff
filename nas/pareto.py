"""Dominance and fronts; every objective is minimised."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["dominates", "front"]


def dominates(first: ArrayLike, second: ArrayLike) -> bool:
    """Tell whether `first` is at least as good in all objectives and better in one."""
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    return bool((a <= b).all() and (a < b).any())


def front(points: ArrayLike) -> NDArray[np.bool_]:
    """Return which of `points` [shape=(n, n_objectives)] no other point dominates.

    Equal points do not dominate each other: all of them stay.
    """
    values = np.asarray(points, dtype=float)
    keep = np.ones(len(values), dtype=bool)
    for index, point in enumerate(values):
        better = (values <= point).all(axis=1) & (values < point).any(axis=1)
        keep[index] = not better.any()
    return keep
