"""What worker processes run: training on rungs, finalists, the test split. All of it pickles.

TensorFlow is imported inside the functions: this module is also read by the parent.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.audio import FeatureStore
from nas.audio.dataset import Dataset, Split
from nas.detector import tuned_detection
from nas.errors import CheckError
from nas.files import write_bytes, write_json
from nas.scores import confusion_matrix, per_class, wilson_interval
from nas.search import map_jobs
from nas.space.candidate import Candidate
from nas.trial import Evaluate

__all__ = [
    "Context",
    "FinalistJob",
    "TestJob",
    "float_and_int8_test",
    "make_evaluate",
    "run_finalist",
    "run_test",
]

TEST_SECONDS = 3_600.0
"""After so long the reading of the test split counts as hung."""
SEARCH_COPIES = 6
"""Augmented copies that the rungs train on; finalists use the recipe's own number."""


@dataclass(frozen=True)
class Context:
    """What every training of a study shares.

    Attributes:
        dataset: clips and labels.
        cache_dir: of features.
        schedule_epochs: epochs of the top rung.
    """

    dataset: Dataset
    cache_dir: Path
    schedule_epochs: int

    @property
    def n_classes(self) -> int:
        """Number of labels."""
        return len(self.dataset.labels)

    def store(self) -> FeatureStore:
        """Return the features of the data set."""
        return FeatureStore(self.dataset, self.cache_dir)


@dataclass(frozen=True, kw_only=True)
class FinalistJob:
    """One full training.

    Attributes:
        context: of the study.
        candidate: what to train.
        trial: its number in the study; -1 for a fixed candidate.
        seed: of this training.
        epochs: in float.
        qat_epochs: with quantization in the graph.
        out_dir: gets model.tflite, float.tflite and, last, result.json.
        estimated: the cost it was priced at.
    """

    context: Context
    candidate: Candidate
    trial: int
    seed: int
    epochs: int
    qat_epochs: int
    out_dir: Path
    estimated: dict[str, Any]


@dataclass(frozen=True)
class TestJob:
    """The models of `folder` on the test split of `context`."""

    folder: Path
    context: Context
    candidate: Candidate


def make_evaluate(context: Context) -> Evaluate:
    """Return what trains a candidate on rungs; called once in each worker."""
    from nas.train.session import TrainEvaluate

    return TrainEvaluate(
        context.store(),
        context.n_classes,
        schedule_epochs=context.schedule_epochs,
        n_copies=SEARCH_COPIES,
    )


def run_finalist(job: FinalistJob) -> dict[str, Any]:
    """Train, quantize, convert and judge on validation; return what result.json then holds.

    Its candidate has the values that the front end learnt: it is exported with them, or trained
    again on other data.
    """
    from nas.export.convert import to_tflite, to_tflite_float
    from nas.train.finalist import quantize_aware_train, train_float

    started = time.perf_counter()
    (job.out_dir / "result.json").unlink(missing_ok=True)  # of another length: it is replaced
    store, n_classes = job.context.store(), job.context.n_classes
    candidate = replace(job.candidate, frontend=store.learnt(job.candidate.frontend))
    trained = train_float(candidate, store, n_classes, job.epochs, job.seed)
    aware = quantize_aware_train(trained, store, n_classes, job.seed, epochs=job.qat_epochs)
    float_model, model = to_tflite_float(trained.model), to_tflite(aware.model, aware.graph)
    write_bytes(job.out_dir / "float.tflite", float_model)
    write_bytes(job.out_dir / "model.tflite", model)
    result = {
        "trial": job.trial,
        "seed": job.seed,
        "candidate": candidate.to_dict(),
        "labels": list(job.context.dataset.labels),
        "data_digest": job.context.dataset.digest,
        "float": {
            "val_loss": trained.metrics.val_loss,
            "val_accuracy": trained.metrics.val_accuracy,
        },
        **_int8_validation(model, job, store),
        "test": None,
        "curve": trained.metrics.curve,
        "qat_curve": aware.metrics.curve,
        "estimated": job.estimated,
        "built": None,
        "model_bytes": len(model),
        "epochs": job.epochs,
        "qat_epochs": job.qat_epochs,
        "seconds": time.perf_counter() - started,
    }
    write_json(job.out_dir / "result.json", result)
    return result


def _int8_validation(model: bytes, job: FinalistJob, store: FeatureStore) -> dict[str, Any]:
    """Return loss, its standard error over clips, and accuracy of the int8 model (int8).

    Beside them what follows from the same scores: the thresholds of its events (detection).
    """
    from nas.export.run import Int8Model
    from nas.train.evaluate import int8_scores

    labels = store.labels(Split.VALIDATION)
    features = store.features(Split.VALIDATION, job.candidate.frontend)
    runtime = Int8Model(model)
    outputs, quantization = runtime.predict(features), runtime.output_quantization
    loss, error, accuracy = int8_scores(runtime.real(outputs), labels)
    detection = tuned_detection(outputs, labels, job.context.dataset.labels, quantization)
    return {
        "int8": {"val_loss": loss, "val_loss_error": error, "val_accuracy": accuracy},
        "detection": detection.to_dict(),
    }


def float_and_int8_test(folder: Path, context: Context, candidate: Candidate) -> dict[str, Any]:
    """Read the test split in a worker process; return accuracies, interval, confusion, `right`.

    Raises:
        CheckError: it failed; the worker's log in `folder` says why.
    """
    job = TestJob(folder, context, candidate)
    (outcome,) = map_jobs(
        run_test, [job], n_workers=1, log_dir=folder, seconds_at_most=TEST_SECONDS
    )
    if outcome.failed:
        raise CheckError(f"{folder}: reading the test split: {outcome.failed}")
    scores: dict[str, Any] = outcome.result
    return scores


def run_test(job: TestJob) -> dict[str, Any]:
    """Run the int8 and the float model on every clip of the test split."""
    from nas.export.run import Int8Model
    from nas.export.run_float import predict_float

    folder, context, candidate = job.folder, job.context, job.candidate
    store = context.store()
    labels = store.labels(Split.TEST)
    features = store.features(Split.TEST, candidate.frontend)
    chosen = Int8Model(folder / "model.tflite").predict(features).argmax(axis=1)
    scale = candidate.frontend.quantization.scale
    real = predict_float(folder / "float.tflite", features.astype(np.float32) * np.float32(scale))
    return _test_scores(labels, chosen, real.argmax(axis=1), context.n_classes)


def _test_scores(
    labels: NDArray[np.int64],
    chosen: NDArray[np.intp],
    float_chosen: NDArray[np.intp],
    n_classes: int,
) -> dict[str, Any]:
    right = chosen == labels
    matrix = confusion_matrix(labels, chosen, n_classes)
    return {
        "float_accuracy": float(np.mean(float_chosen == labels)),
        "int8_accuracy": float(right.mean()),
        "n": len(labels),
        "interval": list(wilson_interval(int(right.sum()), len(labels))),
        "confusion": matrix.tolist(),
        "per_class": {name: values.tolist() for name, values in per_class(matrix).items()},
        "right": right.astype(int).tolist(),
    }
