"""How a network is trained: the candidate's training choices, and what is the same for all."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from nas.errors import ConfigError

__all__ = ["Recipe", "learning_rate_at"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Training settings.

    Attributes:
        learning_rate: peak of the schedule.
        batch_size: clips a step; at most the number of clips.
        weight_decay: decoupled (AdamW), on convolution and dense kernels only.
        label_smoothing: share of the target spread over all classes, in [0, 1).
        dropout: rate before the last op, in [0, 1).
        mixup: alpha of the Beta distribution that mixes pairs of clips; 0 for none
            (Zhang et al. 2018, arXiv:1710.09412).
        augment: strength of waveform augmentation, a name in ``nas.audio.augment.STRENGTHS``.
        spec_augment: strength of time and band masking: off, light or strong.
        n_copies: augmented copies; epoch e trains on copy e modulo n_copies.
        warmup_epochs: epochs of linear rise to learning_rate.
        average_decay: share of the old value an averaged weight keeps each step, in [0, 1);
            0 for no averaging.
        balanced: weigh classes by the inverse of their share.
    """

    learning_rate: float = 0.02
    batch_size: int = 32
    weight_decay: float = 0.01
    label_smoothing: float = 0.05
    dropout: float = 0.0
    mixup: float = 0.0
    augment: str = "medium"
    spec_augment: str = "light"
    n_copies: int = 12
    warmup_epochs: float = 1.0
    average_decay: float = 0.98
    balanced: bool = True

    @classmethod
    def of(cls, training: Mapping[str, Any], **changes: Any) -> "Recipe":
        """Return the recipe of a candidate's training choices; `changes` win over both.

        Raises:
            ConfigError: a choice that no recipe has, or an optimizer other than adam.
        """
        optimizer = training.get("optimizer", "adam")
        if optimizer != "adam":
            raise ConfigError(f"training.optimizer: {optimizer!r} is not known; use adam")
        known = {field.name for field in fields(cls)}
        choices = {key: value for key, value in training.items() if key != "optimizer"}
        if unknown := sorted(set(choices) - known):
            raise ConfigError(
                f"training.{unknown[0]}: unknown choice; known: {', '.join(sorted(known))}"
            )
        return replace(cls(**choices), **changes)


def learning_rate_at(progress: float, warmup: float, peak: float) -> float:
    """Return the learning rate: a linear rise, then half a cosine down to a hundredth of `peak`.

    Args:
        progress: share of the schedule done; clipped to [0, 1].
        warmup: share of the schedule that rises, in [0, 1).
        peak: highest rate.
    """
    progress = min(max(progress, 0.0), 1.0)
    if progress < warmup:
        return peak * progress / warmup
    fall = (progress - warmup) / (1.0 - warmup)
    return peak * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * fall)))
