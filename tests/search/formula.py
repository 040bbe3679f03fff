"""A search without training: costs in closed form, a loss that is a formula of the candidate."""

import os
import signal
import time
from dataclasses import dataclass, replace
from functools import partial
from math import exp, log, log10, prod
from pathlib import Path
from typing import Any

from nas.budget import Cost, Limits
from nas.errors import DataError
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph
from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected
from nas.search.engine import DataInfo, run
from nas.search.progress import SearchResult
from nas.space import Candidate, build_graph
from nas.trial import Evaluate, Fidelity, Metrics
from tests.spaces import log_mel_space

RUNGS = (Fidelity(3), Fidelity(9), Fidelity(27))
DATA = DataInfo("d" * 64, 16_000, (1_000,))
LOOSE = Limits(rom_bytes=1 << 20, ram_bytes=1 << 20, macs=50_000_000)


def detail(cost: Cost, graph: Graph) -> Cost:
    """Fill in a quantity that no limit asks for."""
    return replace(cost, planned_bytes=cost.arena_bytes)


def price(graph: Graph, settings: LogMelSettings) -> Cost:
    """Count work and weights by their definitions; RAM is the two largest tensors at once."""
    macs = constants = 0
    for node in graph.nodes:
        (shape, *_), out = graph.input_shapes(node), graph.output_shape(node)
        weights = 0
        if isinstance(node.op, Conv2D):
            weights = prod(node.op.kernel) * shape[2] * out[2]
            macs += weights * out[0] * out[1]
        elif isinstance(node.op, DepthwiseConv2D):
            weights = prod(node.op.kernel) * out[2]
            macs += weights * out[0] * out[1]
        elif isinstance(node.op, FullyConnected):
            weights = prod(shape) * out[0]
            macs += weights
        constants += weights + (4 * out[-1] if weights else 0)
    peak = max(
        graph.tensors[node.output].size_bytes + sum(prod(s) for s in graph.input_shapes(node))
        for node in graph.nodes
    )
    return Cost(
        rom_bytes=constants + 12_000,
        ram_bytes=peak + 6_000,
        macs=macs,
        constant_bytes=constants,
        arena_bytes=peak,
        peak_activation_bytes=peak,
        parts={"rom.weights": constants, "ram.arena": peak},
    )


def loss_of(candidate: Candidate, epochs: int) -> float:
    """Fall with work up to a point, the right front end and learning rate, and with epochs."""
    cost = price(build_graph(candidate, 7), candidate.frontend)
    size = log10(cost.macs) - 0.5 * abs(log10(cost.constant_bytes) - 4.2)
    rate = abs(log(float(candidate.training["learning_rate"]) / 2e-3))
    front = 0.1 * (candidate.frontend.n_mels != 32) + 0.1 * (candidate.frontend.hop_ms != 16)
    family = {"ds_cnn": 0.0, "conv1d": 0.1, "separable_conv2d": 0.15}[candidate.family]
    residual = 0.05 * (not candidate.network.get("residual", False))
    final = 0.1 + exp(-(size - 4)) * 0.6 + 0.1 * rate + front + family + residual
    return final * (1 + 2.0 / epochs)


@dataclass
class FormulaSession:
    candidate: Candidate
    pause: float = 0.0

    def train(self, fidelity: Fidelity) -> Metrics:
        time.sleep(self.pause)
        loss = loss_of(self.candidate, fidelity.epochs)
        return Metrics(
            val_loss=loss, val_accuracy=exp(-loss), train_loss=loss, seconds=0.01 * fidelity.epochs
        )


def formula(pause: float = 0.0) -> Evaluate:
    def evaluate(candidate: Candidate, seed: int) -> FormulaSession:
        print(
            f"training {candidate.fingerprint[:8]} seed {seed} threads "
            f"{os.environ.get('OMP_NUM_THREADS')}"
        )
        return FormulaSession(candidate, pause)

    return evaluate


def failing(share: float = 1.0) -> Evaluate:
    def evaluate(candidate: Candidate, seed: int) -> FormulaSession:
        if int(candidate.fingerprint[:4], 16) / 65_536 < share:
            raise ValueError("first line\nno gradient here")
        return FormulaSession(candidate)

    return evaluate


@dataclass
class DivergingSession:
    candidate: Candidate
    loss: float
    from_epochs: int

    def train(self, fidelity: Fidelity) -> Metrics:
        sound = FormulaSession(self.candidate).train(fidelity)
        if fidelity.epochs < self.from_epochs:
            return sound
        return replace(sound, val_loss=self.loss, val_accuracy=0.0)


def diverging(loss: float = 1e3, share: float = 1.0, from_epochs: int = 0) -> Evaluate:
    """Of each candidate in `share`, the loss is `loss` from `from_epochs` on."""

    def evaluate(candidate: Candidate, seed: int) -> DivergingSession:
        chosen = int(candidate.fingerprint[:4], 16) / 65_536 < share
        return DivergingSession(candidate, loss, from_epochs if chosen else 1_000)

    return evaluate


def dying() -> Evaluate:
    def evaluate(candidate: Candidate, seed: int) -> FormulaSession:
        if int(candidate.fingerprint[:4], 16) % 3 == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return FormulaSession(candidate)

    return evaluate


def no_data() -> Evaluate:
    raise DataError("clips: the folder went away; mount it again")


def search(study_dir: Path, **changes: Any) -> SearchResult:
    """Run a search with a formula in this process; `changes` override what is passed."""
    given: dict[str, Any] = {
        "study_dir": study_dir,
        "space": log_mel_space("default"),
        "dataset_info": DATA,
        "n_classes": 7,
        "price": price,
        "limits": LOOSE,
        "make_evaluate": partial(formula, 0.0),
        "fidelities": RUNGS,
        "n_workers": 0,
        "max_trials": 30,
        "seed": 1,
    }
    return run(**(given | changes))
