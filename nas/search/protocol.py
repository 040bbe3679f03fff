"""What the parent and a worker say to each other. Everything here pickles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nas.errors import NasError
from nas.space.candidate import Candidate
from nas.trial import Evaluate, Fidelity, Metrics

__all__ = [
    "Arrived",
    "Died",
    "Done",
    "Failed",
    "GoOn",
    "Job",
    "MakeEvaluate",
    "Message",
    "Request",
    "SetupFailed",
    "Train",
]

MakeEvaluate = Callable[[], Evaluate]
"""Called once in each worker; it must pickle: a module's function, or a partial of one."""


@dataclass(frozen=True)
class Train:
    """Parent: start a candidate and train it to the first rung."""

    candidate: Candidate
    seed: int
    fidelity: Fidelity


@dataclass(frozen=True)
class GoOn:
    """Parent: train the same candidate to the next rung."""

    fidelity: Fidelity


@dataclass(frozen=True)
class Job:
    """Parent: call a function; it and its argument must pickle."""

    function: Callable[[Any], Any]
    item: Any


@dataclass(frozen=True)
class Arrived:
    """Worker: the rung is reached, and this is what validation says."""

    metrics: Metrics


@dataclass(frozen=True)
class Done:
    """Worker: the job's result."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """Worker: training or the job raised; the traceback is in the worker's log."""

    reason: str


@dataclass(frozen=True)
class SetupFailed:
    """Worker: no training is possible at all, as when the data cannot be read."""

    error: NasError


@dataclass(frozen=True)
class Died:
    """The worker's process ended by itself or was killed, as for want of memory."""

    reason: str


Request = Train | GoOn | Job
Message = Arrived | Done | Failed | SetupFailed | Died
