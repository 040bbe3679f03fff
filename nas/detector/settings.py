"""When a decision is an event: a threshold a class, smoothing, refractory time."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from nas.errors import ConfigError
from nas.graph.quantized import Quantization

__all__ = [
    "NEVER",
    "NONE",
    "REFRACTORY_MS",
    "WINDOW",
    "Detection",
    "Threshold",
    "default_detection",
    "even_odds",
    "is_background",
]

WINDOW = 2
"""Decisions that are averaged where nothing else is asked for: a single odd one counts half."""
REFRACTORY_MS = 1_000
"""From one event to the next at least, where nothing else is asked for."""
NEVER = 128
"""Threshold of a class that never fires: above every int8 score."""
BACKGROUND = frozenset({"unknown", "silence", "background", "background_noise"})
DEFAULT, VALIDATION, NONE = "default", "validation", "none"
PROBABILITY = Quantization(1.0 / 256.0, -128)
"""What the output of an int8 softmax or logistic has: TensorFlow Lite allows no other."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """When one class fires.

    Attributes:
        label: name of the class.
        threshold: lowest int8 score that fires, -128 to 127, or `NEVER`.
        probability: the same as the network's real output; None for `NEVER`.
        precision: of the validation clips that fire, how many are of the class; None if none fire
            or nothing was measured. One clip is one decision, not smoothed.
        recall: of the validation clips of the class, how many fire.
        f1: harmonic mean of the two.
        n: validation clips of the class.
    """

    label: str
    threshold: int
    probability: float | None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    n: int | None = None


@dataclass(frozen=True, kw_only=True)
class Detection:
    """Settings of a detector, in human units.

    Attributes:
        source: ``validation``, where the thresholds were tuned, ``default``, or ``none`` where
            the scores are no probabilities and nothing fires until somebody sets thresholds.
        rule: how the thresholds follow, in words.
        thresholds: one a class, in the order of the network's output.
        window: decisions averaged, 1 to 65,535.
        refractory_ms: from one event to the next at least.
    """

    source: str
    rule: str
    thresholds: tuple[Threshold, ...]
    window: int = WINDOW
    refractory_ms: int = REFRACTORY_MS

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("window", self.window, 1, 65_535),
            ("refractory_ms", self.refractory_ms, 0, 86_400_000),
        ):
            if not low <= value <= high:
                raise ConfigError(f"detection: {name} {value} is outside {low} to {high}")

    def refractory(self, period_ms: float) -> int:
        """Return how many decisions, one each `period_ms`, come less than that after an event."""
        return max(0, ceil(self.refractory_ms / period_ms) - 1)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as result.json and the manifest hold them."""
        return {**asdict(self), "thresholds": [asdict(one) for one in self.thresholds]}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Detection":
        """Return the detection whose `to_dict` was kept."""
        thresholds = tuple(Threshold(**one) for one in kept["thresholds"])
        return cls(**{**kept, "thresholds": thresholds})


def is_background(label: str) -> bool:
    """Tell whether a class stands for everything that is not to be heard: it never fires."""
    return label.strip(" _").lower() in BACKGROUND


def even_odds(output: Quantization) -> int:
    """Return the lowest int8 score whose real value is 0.5 or more, within -128 to 127."""
    return min(127, max(-128, ceil(0.5 / output.scale) + output.zero_point))


def default_detection(labels: Sequence[str], output: Quantization) -> Detection:
    """Return thresholds of one half for every class but background.

    Of an output that is no probability (logits) one half says nothing: no class fires then, which
    is better than events that mean nothing. `rule` says so, for whoever exports.
    """
    if output != PROBABILITY:
        return _nothing_fires(labels, output)
    odds = even_odds(output)
    return Detection(
        source=DEFAULT,
        rule="not tuned: probability one half; background classes never fire",
        thresholds=tuple(_plain(label, odds, output) for label in labels),
    )


def _nothing_fires(labels: Sequence[str], output: Quantization) -> Detection:
    return Detection(
        source=NONE,
        rule=f"the network's output is no probability (scale {output.scale:g}, zero point "
        f"{output.zero_point}): no class fires until generated/detector.h has thresholds, in "
        "scores; or end the network in a softmax",
        thresholds=tuple(Threshold(label=x, threshold=NEVER, probability=None) for x in labels),
    )


def _plain(label: str, threshold: int, output: Quantization) -> Threshold:
    if is_background(label):
        return Threshold(label=label, threshold=NEVER, probability=None)
    probability = (threshold - output.zero_point) * output.scale
    return Threshold(label=label, threshold=threshold, probability=probability)
