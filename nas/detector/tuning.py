"""Thresholds from the scores of the int8 model on the validation clips.

A clip fires class c at threshold t where c has the highest score, the first of equals, and that
score is t or more. With the clips of c that fire (TP), those of other classes that fire c (FP) and
those of c that do not (FN):

    F1(t) = 2 TP / (2 TP + FP + FN)

Thresholds from one half up are considered, below which the other classes together are likelier.
Of those with the highest F1, the highest unbroken run is taken, and its middle, rounded up: on
validation clips a little less sure, or others a little surer, the class is judged as well.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nas.detector.settings import NEVER, VALIDATION, Detection, Threshold, even_odds, is_background
from nas.errors import DataError
from nas.graph.quantized import Quantization

__all__ = ["tuned_detection"]

RULE = (
    "middle of the highest run of thresholds with the best F1 on the validation clips, from "
    "probability one half up; background classes never fire"
)


def tuned_detection(
    scores: NDArray[np.int8],
    truth: NDArray[np.integer],
    labels: Sequence[str],
    output: Quantization,
) -> Detection:
    """Return the thresholds that follow from validation clips.

    Args:
        scores: outputs of the int8 model [shape=(n, n_classes)].
        truth: class of each clip [shape=(n,)].
        labels: names of the classes.
        output: scale and zero point of the scores.

    Raises:
        DataError: shapes that do not fit each other.
    """
    if scores.shape != (len(truth), len(labels)):
        raise DataError(f"scores {scores.shape} of {len(truth)} clips and {len(labels)} classes")
    best = scores.argmax(axis=1)
    return Detection(
        source=VALIDATION,
        rule=RULE,
        thresholds=tuple(
            _tuned(label, scores[best == index, index], truth[best == index] == index, n, output)
            for index, label in enumerate(labels)
            for n in [int(np.sum(truth == index))]
        ),
    )


def _tuned(
    label: str,
    scores: NDArray[np.int8],
    right: NDArray[np.bool_],
    n: int,
    output: Quantization,
) -> Threshold:
    """Return the threshold of one class.

    Args:
        label: its name.
        scores: of the clips where it is best.
        right: whether each of those is of the class.
        n: clips of the class.
        output: scale and zero point.
    """
    if is_background(label):
        return Threshold(label=label, threshold=NEVER, probability=None, n=n)
    low = even_odds(output)
    levels = np.arange(low, 128)
    fired = scores.astype(int) >= levels[:, None]
    hits, fires = (fired & right).sum(axis=1), fired.sum(axis=1)
    f1 = 2 * hits / np.maximum(fires + n, 1)
    index = _middle_of_best(f1) if hits.any() else 0
    return Threshold(
        label=label,
        threshold=int(levels[index]),
        probability=float((levels[index] - output.zero_point) * output.scale),
        precision=_share(hits[index], fires[index]),
        recall=_share(hits[index], n),
        f1=float(f1[index]) if n else None,
        n=n,
    )


def _middle_of_best(f1: NDArray[np.float64]) -> int:
    """Return the middle, rounded up, of the last run of the highest value."""
    best = np.flatnonzero(f1 == f1.max())
    breaks = np.flatnonzero(np.diff(best) > 1)
    start = int(best[breaks[-1] + 1]) if len(breaks) else int(best[0])
    return (start + int(best[-1]) + 1) // 2


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
