"""Random candidates as `.tflite`, through the pipeline that ships a winner, without training.

    python -m tests.benchmarks.prices_convert CACHE FAMILY FIRST STOP

converts those of FAMILY with numbers FIRST to STOP - 1 that CACHE does not hold. It is run as its
own process: TensorFlow leaks, and its import is slow. `convert` starts one for every few.

Weights, biases and the statistics of batch norm are random; the last layer is scaled so that the
outputs differ. A file is named by what went into it, so a stale one is never met.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.files import write_bytes
from nas.graph.graph import Graph
from nas.space import Candidate
from tests.export.compiled import random_inputs
from tests.paths import REPOSITORY
from tests.random_candidates import HELD_OUT, networks

__all__ = ["Candidates", "Converted", "convert", "held_out"]

A_PROCESS = 20
CALIBRATION_CLIPS = 64
LOGIT_DEVIATION = 2.0
CONVERTING = (
    "nas/train/build.py",
    "nas/train/fold.py",
    "nas/train/int8_scheme.py",
    "nas/train/qat.py",
    "nas/export/convert.py",
    "nas/export/tflite_file.py",
    "nas/export/tflite_operators.py",
    "nas/export/tflite_parts.py",
    "tests/benchmarks/prices_convert.py",
)
PACKAGES = ("tensorflow", "tf_keras", "tensorflow-model-optimization")


@dataclass(frozen=True)
class Candidates:
    """The first `count` held-out candidates of a family."""

    family: str
    count: int


@dataclass(frozen=True)
class Converted:
    """A candidate, the graph that is priced, and the file that the converter made of it."""

    name: str
    candidate: Candidate
    graph: Graph
    path: Path


def held_out(wanted: Candidates, cache_dir: Path) -> list[Converted]:
    """Return the candidates with the files they have or would have in `cache_dir`."""
    found = networks(wanted.family, wanted.count, first_seed=HELD_OUT)
    return [
        Converted(
            f"{wanted.family}-{index}", candidate, graph, cache_dir / _name(candidate, graph)
        )
        for index, (candidate, graph) in enumerate(found)
    ]


def convert(wanted: Candidates, cache_dir: Path) -> list[Converted]:
    """Return the candidates with their files, after converting those that are missing."""
    every = held_out(wanted, cache_dir)
    for first in range(0, len(every), A_PROCESS):
        part = every[first : first + A_PROCESS]
        if not all(one.path.is_file() for one in part):
            _start(cache_dir, wanted.family, first, first + len(part))
    return every


def _start(cache_dir: Path, family: str, first: int, stop: int) -> None:
    words = [str(cache_dir), family, str(first), str(stop)]
    environment = {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "tests.benchmarks.prices_convert", *words]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2_000:]}")


def _name(candidate: Candidate, graph: Graph) -> str:
    made_of = f"{graph!r}{sorted(candidate.training.items())}{_code_digest()}"
    digest = hashlib.sha256(made_of.encode()).hexdigest()
    return f"{candidate.family}-{candidate.fingerprint[:12]}-{digest[:12]}.tflite"


@cache
def _code_digest() -> str:
    digest = hashlib.sha256()
    for path in CONVERTING:
        digest.update((REPOSITORY / path).read_bytes())
    digest.update(repr([(name, version(name)) for name in PACKAGES]).encode())
    return digest.hexdigest()


def converted(candidate: Candidate, graph: Graph) -> bytes:
    """Return the int8 `.tflite` of `graph` with random weights; needs TensorFlow."""
    from nas.export.convert import to_tflite
    from nas.train._keras import keras
    from nas.train.build import keras_model
    from nas.train.qat import quantized
    from nas.train.recipe import Recipe

    seed = int(candidate.fingerprint[:8], 16) % 2**31
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = keras_model(graph, dropout=Recipe.of(candidate.training).dropout)
    shape = graph.tensors[graph.input].shape
    clips = random_inputs(shape, CALIBRATION_CLIPS, seed).reshape(-1, *shape)
    scale = candidate.frontend.quantization.scale
    _enliven(model, clips * np.float32(scale), np.random.default_rng(seed))
    return to_tflite(quantized(model, graph, clips, scale=scale), graph)


def _enliven(model: Any, values: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Give biases and batch norms random values, and logits some spread over `values`."""
    for weight in model.weights:
        name = weight.name.rpartition("/")[2]
        if name.startswith(("gamma", "moving_variance")):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
        elif name.startswith(("beta", "bias", "moving_mean")):
            weight.assign(rng.normal(0.0, 0.3, weight.shape))
    kernel, bias = model.layers[-1].get_weights()
    logits = model(values, training=False).numpy()
    factor = LOGIT_DEVIATION / max(float(np.std(logits, axis=0).mean()), 1e-6)
    model.layers[-1].set_weights([kernel * factor, factor * (bias - logits.mean(axis=0))])


def main(arguments: Sequence[str]) -> None:
    """Convert the candidates that are missing, and name each on standard error."""
    folder, family, first, stop = arguments
    for one in held_out(Candidates(family, int(stop)), Path(folder))[int(first) :]:
        if not one.path.is_file():
            write_bytes(one.path, converted(one.candidate, one.graph))
            print(one.path.name, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
