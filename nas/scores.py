"""Scores of a classifier and how sure one may be of them. Pure NumPy."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["confusion_matrix", "paired_interval", "per_class", "wilson_interval"]

Z95 = 1.959963984540054  # 97.5th percentile of the standard normal


def confusion_matrix(
    labels: ArrayLike, predictions: ArrayLike, n_classes: int
) -> NDArray[np.int64]:
    """Return counts [shape=(n_classes, n_classes)], rows true, columns predicted."""
    matrix = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(matrix, (np.asarray(labels), np.asarray(predictions)), 1)
    return matrix


def per_class(matrix: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return precision, recall and f1 [shape=(n_classes,)]; 0 where nothing was counted."""
    hits = np.diag(matrix).astype(float)
    precision = _ratio(hits, matrix.sum(axis=0))
    recall = _ratio(hits, matrix.sum(axis=1))
    return {
        "precision": precision,
        "recall": recall,
        "f1": _ratio(2 * precision * recall, precision + recall),
    }


def wilson_interval(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion (Wilson 1927), 95 % by default."""
    if n == 0:
        return 0.0, 1.0
    share, square = hits / n, z * z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def paired_interval(first: ArrayLike, second: ArrayLike) -> tuple[float, float, float]:
    """Return difference of accuracies first - second on the same clips, and its 95 % interval.

    `first` and `second` are booleans, right or wrong a clip. Normal approximation for paired
    proportions (Agresti, Categorical Data Analysis, section 11.1).
    """
    gain = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    mean = float(gain.mean())
    half = Z95 * float(gain.std()) / sqrt(len(gain))
    return mean, mean - half, mean + half


def _ratio(
    numerator: NDArray[np.float64], denominator: NDArray[np.int64] | NDArray[np.float64]
) -> NDArray[np.float64]:
    total = np.asarray(denominator, dtype=float)
    out = np.zeros(total.shape)
    np.divide(numerator, total, out=out, where=total > 0)
    return out
