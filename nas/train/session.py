"""Training at a fidelity: what a search calls to learn how well a candidate hears."""

import time
from typing import Any

from nas.space import build_graph
from nas.space.candidate import Candidate
from nas.train._keras import keras
from nas.train.batches import FeatureSource
from nas.train.build import keras_model
from nas.train.course import Course
from nas.train.recipe import Recipe
from nas.trial import Fidelity, Metrics

__all__ = ["TrainEvaluate", "TrainingSession"]


class TrainEvaluate:
    """Starts sessions; satisfies ``nas.trial.Evaluate``.

    Args:
        store: features and labels of one data set.
        n_classes: of that data set.
        schedule_epochs: epochs of the top rung: the learning rate falls over these, whatever
            rung a session stops at.
        changes: fields of Recipe that win over the candidate's, as ``n_copies=4``.
    """

    def __init__(
        self, store: FeatureSource, n_classes: int, *, schedule_epochs: int, **changes: Any
    ) -> None:
        self._store = store
        self._n_classes = n_classes
        self._schedule_epochs = schedule_epochs
        self._changes = changes

    def __call__(self, candidate: Candidate, seed: int) -> "TrainingSession":
        """Return a fresh session; raises ImpossibleCandidate or ConfigError."""
        recipe = Recipe.of(candidate.training, **self._changes)
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        graph = build_graph(candidate, self._n_classes)
        course = Course(
            keras_model(graph, dropout=recipe.dropout),
            self._store,
            candidate.frontend,
            recipe=recipe,
            n_classes=self._n_classes,
            schedule_epochs=self._schedule_epochs,
            seed=seed,
        )
        return TrainingSession(course)


class TrainingSession:
    """A candidate in training; satisfies ``nas.trial.Session``."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._seconds = 0.0

    def train(self, fidelity: Fidelity) -> Metrics:
        """Train on until `fidelity.epochs` in total; a diverged model is not trained further."""
        started = time.perf_counter()
        course = self._course
        while len(course.curve) < fidelity.epochs and course.loop.finite:
            course.epoch(fidelity.data_fraction)
        self._seconds += time.perf_counter() - started
        return metrics(course, self._seconds)


def metrics(course: Course, seconds: float) -> Metrics:
    """Return what the last epoch of `course` measured."""
    last = course.curve[-1]
    return Metrics(
        val_loss=last["val_loss"],
        val_accuracy=last["val_accuracy"],
        train_loss=last["train_loss"],
        seconds=seconds,
        curve=[dict(row) for row in course.curve],
    )
