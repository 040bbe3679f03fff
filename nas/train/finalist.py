"""Training at full fidelity: float first, then with fake quantization."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nas.audio.dataset import Split
from nas.graph.graph import Graph
from nas.space import build_graph
from nas.space.candidate import Candidate
from nas.train._keras import keras
from nas.train.batches import FeatureSource
from nas.train.build import keras_model
from nas.train.course import Course
from nas.train.qat import quantized, refresh_kernel_ranges
from nas.train.recipe import Recipe
from nas.trial import Metrics

__all__ = ["QAT_EPOCHS", "QAT_RATE", "Trained", "quantize_aware_train", "train_float"]

QAT_EPOCHS = 4
QAT_RATE = 0.1
"""Share of the recipe's learning rate at which fake-quantized training starts."""
CALIBRATION_CLIPS = 512

Watch = Callable[[Mapping[str, float]], None]


@dataclass(frozen=True, eq=False)
class Trained:
    """A model with the weights that did best on validation.

    Attributes:
        model: tf_keras.Model from real values to logits.
        graph: what it was built from.
        candidate: what the graph was built from.
        metrics: of the kept weights; the curve has every epoch.
    """

    model: Any
    graph: Graph
    candidate: Candidate
    metrics: Metrics


def train_float(
    candidate: Candidate,
    store: FeatureSource,
    n_classes: int,
    epochs: int,
    seed: int,
    *,
    watch: Watch | None = None,
    **changes: Any,
) -> Trained:
    """Train `candidate` from scratch for `epochs` and keep the best weights by validation loss.

    Args:
        candidate: what to train, and how.
        store: features and labels.
        n_classes: of the data set.
        epochs: length of the schedule.
        seed: of weights, orders, masks and mixtures.
        watch: called with each row of the curve.
        changes: fields of Recipe that win over the candidate's.
    """
    recipe = Recipe.of(candidate.training, **changes)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    graph = build_graph(candidate, n_classes)
    model = keras_model(graph, dropout=recipe.dropout)
    course = Course(
        model,
        store,
        candidate.frontend,
        recipe=recipe,
        n_classes=n_classes,
        schedule_epochs=epochs,
        seed=seed,
    )
    return Trained(model, graph, candidate, _best(course, epochs, watch))


def quantize_aware_train(
    trained: Trained,
    store: FeatureSource,
    n_classes: int,
    seed: int,
    *,
    epochs: int = QAT_EPOCHS,
    watch: Watch | None = None,
    **changes: Any,
) -> Trained:
    """Return a fake-quantized copy of `trained`, trained on at a low rate; 0 epochs: only ranged.

    Its model, given to ``nas.export.convert.to_tflite``, becomes an int8 network whose input is
    quantized exactly as the front end's output is.
    """
    candidate = trained.candidate
    recipe = Recipe.of(candidate.training, **changes)
    settings = candidate.frontend
    features = store.features(Split.TRAIN, settings, recipe.augment, 0)
    calibration = features[:: max(1, len(features) // CALIBRATION_CLIPS)]
    model = quantized(
        trained.model,
        trained.graph,
        calibration.reshape(-1, *trained.model.input_shape[1:]),
        scale=settings.quantization.scale,
    )
    course = Course(
        model,
        store,
        settings,
        recipe=_gentle(recipe),
        n_classes=n_classes,
        schedule_epochs=max(1, epochs),
        seed=seed,
    )
    metrics = _best(course, epochs, watch)
    refresh_kernel_ranges(model)
    return replace(trained, model=model, metrics=metrics)


def _gentle(recipe: Recipe) -> Recipe:
    """Return the recipe for fake-quantized training: low rate, no averages, no mixtures."""
    return replace(
        recipe,
        learning_rate=recipe.learning_rate * QAT_RATE,
        warmup_epochs=0.0,
        average_decay=0.0,
        mixup=0.0,
    )


def _best(course: Course, epochs: int, watch: Watch | None) -> Metrics:
    """Run `epochs`, leave the model with the weights of the lowest validation loss."""
    started = time.perf_counter()
    (loss, accuracy), weights = course.validate(), course.model.get_weights()
    train_loss = 0.0
    while len(course.curve) < epochs and course.loop.finite:
        row = course.epoch()
        if watch:
            watch(row)
        train_loss = row["train_loss"]
        if row["val_loss"] <= loss:
            loss, accuracy = row["val_loss"], row["val_accuracy"]
            weights = course.loop.averaged_weights()
    course.model.set_weights(weights)
    return Metrics(
        val_loss=loss,
        val_accuracy=accuracy,
        train_loss=train_loss,
        seconds=time.perf_counter() - started,
        curve=[dict(row) for row in course.curve],
    )
