"""What a model scores on clips it was not trained on: cross-entropy and accuracy."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.trial import DIVERGED

__all__ = ["int8_scores", "validation"]

HALF_STEP = 1.0 / 512.0


def validation(
    logits: Callable[[Any], Any],
    features: NDArray[Any],
    labels: NDArray[np.int64],
    *,
    batch_size: int = 256,
) -> tuple[float, float]:
    """Return mean cross-entropy (natural log, unweighted, not smoothed) and accuracy in [0, 1].

    Args:
        logits: model or function from a batch of inputs to (batch, n_classes) logits.
        features: inputs as `logits` takes them [shape=(n, ...)].
        labels: class indices [shape=(n,)].
        batch_size: clips at a time.
    """
    parts = [
        np.asarray(logits(features[start : start + batch_size]), np.float64)
        for start in range(0, len(labels), batch_size)
    ]
    return _scores(np.concatenate(parts), labels)


def int8_scores(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return mean cross-entropy, its standard error over clips, and accuracy of an int8 softmax.

    A probability under half a step of 1/256 counts as half a step. Ties go to the lower index.

    Args:
        probabilities: of the dequantized output, in [0, 1) [shape=(n, n_classes)].
        labels: class indices [shape=(n,)].
    """
    picked = np.maximum(probabilities[np.arange(len(labels)), labels], HALF_STEP)
    losses = -np.log(picked)
    accuracy = np.mean(probabilities.argmax(axis=1) == labels)
    return float(losses.mean()), float(losses.std() / sqrt(len(losses))), float(accuracy)


def _scores(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, float]:
    if not np.isfinite(logits).all():
        return DIVERGED, 0.0
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    loss = np.mean(log_sum - shifted[np.arange(len(labels)), labels])
    return float(min(loss, DIVERGED)), float(np.mean(logits.argmax(axis=1) == labels))
