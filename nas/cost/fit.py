"""Least squares of relative errors, with coefficients that are not negative."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fit", "fit"]


@dataclass(frozen=True)
class Fit:
    """A fit of ``measured = counts x coefficients``.

    Attributes:
        coefficients: at least 0, one a column.
        errors: predicted / measured - 1, one a row.
    """

    coefficients: tuple[float, ...]
    errors: tuple[float, ...]


def fit(counts: Sequence[Sequence[float]], measured: Sequence[float]) -> Fit:
    """Return the coefficients that leave the least sum of squared relative errors.

    While one is negative, the most negative becomes 0 and the rest are fitted again.
    Each row is divided by what was measured, so that small and large cases weigh alike.
    """
    rows = np.array(counts, np.float64) / np.array(measured, np.float64)[:, None]
    kept = np.ones(rows.shape[1], dtype=bool)
    solution = _solve(rows, kept)
    while solution.min() < 0.0:
        kept[solution.argmin()] = False
        solution = _solve(rows, kept)
    errors = rows @ solution - 1.0
    return Fit(tuple(solution.tolist()), tuple(errors.tolist()))


def _solve(rows: NDArray[np.float64], kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    solution = np.zeros(rows.shape[1])
    solution[kept] = np.linalg.lstsq(rows[:, kept], np.ones(len(rows)), rcond=None)[0]
    return solution
