"""A course of training: which epoch sees which copy of which clips at which rate."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.audio import class_weights
from nas.audio.dataset import Split
from nas.audio.spec_augment import mask
from nas.frontend.settings import FrontEndSettings
from nas.graph.ops import Shape
from nas.train.batches import Batches, FeatureSource, shuffled, subset
from nas.train.loop import Loop
from nas.train.recipe import Recipe, learning_rate_at
from nas.trial import DIVERGED

__all__ = ["Course"]


class Course:
    """Trains a model epoch by epoch; the same arguments give the same course.

    Args:
        model: from real values to logits; trained in place.
        store: features and labels.
        settings: of the front end.
        recipe: how to train.
        n_classes: length of the logits.
        schedule_epochs: epochs over which the learning rate rises and falls.
        seed: of orders, masks and mixtures.
    """

    def __init__(
        self,
        model: Any,
        store: FeatureSource,
        settings: FrontEndSettings,
        *,
        recipe: Recipe,
        n_classes: int,
        schedule_epochs: int,
        seed: int,
    ) -> None:
        self.curve: list[Mapping[str, float]] = []
        self.model = model
        self._store, self._settings, self._recipe = store, settings, recipe
        self._schedule_epochs = schedule_epochs
        self._rng = np.random.default_rng(seed)
        self._shape: Shape = model.input_shape[1:]
        self._labels = store.labels(Split.TRAIN)
        self.loop = Loop(
            model,
            recipe,
            weights=_weights(self._labels, n_classes, balanced=recipe.balanced),
            scale=settings.quantization.scale,
        )

    def epoch(self, data_fraction: float = 1.0) -> dict[str, float]:
        """Train one epoch and validate; return epoch, the three scores, and seconds it took."""
        started = time.perf_counter()
        number = len(self.curve)
        batches = self._batches(number, data_fraction)
        train_loss = self.loop.epoch(batches, self._rates(number, len(batches.labels)), self._rng)
        val_loss, val_accuracy = self.validate()
        row = {
            "epoch": float(number + 1),
            "train_loss": train_loss,
            "val_loss": val_loss,
            "val_accuracy": val_accuracy,
            "seconds": time.perf_counter() - started,
        }
        self.curve.append(row)
        return row

    def validate(self) -> tuple[float, float]:
        """Return loss and accuracy on the validation split; a diverged model gets DIVERGED."""
        if not self.loop.finite:
            return DIVERGED, 0.0
        return self.loop.validate(*self.clips(Split.VALIDATION))

    def clips(self, split: Split) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        """Return features in the network's shape, not augmented, and labels of `split`."""
        features = self._store.features(split, self._settings)
        return features.reshape(-1, *self._shape), self._store.labels(split)

    def _batches(self, number: int, data_fraction: float) -> Batches:
        recipe = self._recipe
        copy = number % recipe.n_copies
        features = self._store.features(Split.TRAIN, self._settings, recipe.augment, copy)
        chosen = subset(self._labels, data_fraction)
        masked = mask(np.asarray(features)[chosen], recipe.spec_augment, self._rng)
        shaped = masked.reshape(-1, *self._shape)
        return shuffled(shaped, self._labels[chosen], recipe.batch_size, self._rng)

    def _rates(self, number: int, steps: int) -> NDArray[np.float32]:
        recipe, total = self._recipe, self._schedule_epochs
        warmup = min(recipe.warmup_epochs / total, 0.5)
        progress = (number + (np.arange(steps) + 1) / steps) / total
        rates = [learning_rate_at(float(p), warmup, recipe.learning_rate) for p in progress]
        return np.array(rates, np.float32)


def _weights(labels: NDArray[np.int64], n_classes: int, *, balanced: bool) -> NDArray[np.float32]:
    if not balanced:
        return np.ones(n_classes, np.float32)
    return class_weights(labels, n_classes).astype(np.float32)
