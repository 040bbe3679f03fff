"""Fits non-negative rates to measured times, and holds each network out of the fit in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from nas.cost.cycles_work import KINDS, amounts
from nas.cost.latency_structure import DERIVED, Structure, design
from nas.graph.graph import Graph

__all__ = ["Observation", "Parameters", "fit", "non_negative", "rates", "rms", "work"]

Parameters = dict[str, float]
Work = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Observation:
    """Cycles (or instructions) that some ops of a network took together.

    Attributes:
        network: held out by this name.
        name: the op, or what else was measured.
        work: by op, the sum of its amounts over the nodes measured.
        measured: cycles or instructions, positive.
    """

    network: str
    name: str
    work: Work
    measured: float

    def predicted(self, structure: Structure, parameters: Mapping[str, float]) -> float:
        """Return what `parameters` give for it; KeyError where one is missing."""
        return sum(parameters[name] * times for name, times in self.row(structure).items())

    def row(self, structure: Structure) -> dict[str, float]:
        """Return how often each parameter is paid."""
        paid: dict[str, float] = {}
        for op, sums in self.work.items():
            for name, times in design(structure, op, sums).items():
                paid[name] = paid.get(name, 0.0) + times
        return paid


def work(graph: Graph, nodes: Sequence[int] | None = None) -> Work:
    """Return by op the sum of the amounts of work over `nodes` (all, if not given)."""
    sums: Work = {}
    for index in range(len(graph.nodes)) if nodes is None else nodes:
        node = graph.nodes[index]
        names, _ = KINDS[type(node.op)]
        row = sums.setdefault(type(node.op).__name__, dict.fromkeys(names, 0.0))
        for name, amount in zip(names, amounts(graph, node), strict=True):
            row[name] += amount
    return sums


def fit(observations: Sequence[Observation], structure: Structure) -> Parameters:
    """Return the non-negative parameters with the least squared relative errors."""
    rows = [observation.row(structure) for observation in observations]
    names = sorted({name for row in rows for name in row})
    relative = np.array(
        [
            [row.get(name, 0.0) / seen.measured for name in names]
            for row, seen in zip(rows, observations, strict=True)
        ]
    )
    scale = relative.max(axis=0)
    found = non_negative(relative / scale, np.ones(len(rows))) / scale
    return {name: float(value) for name, value in zip(names, found, strict=True)}


def non_negative(matrix: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x >= 0 that minimises ``|matrix x - target|`` (Lawson and Hanson, 1974, chapter 23).

    Args:
        matrix: [shape=(rows, unknowns)].
        target: [shape=(rows,)].
    """
    found = np.zeros(matrix.shape[1])
    free = np.zeros(matrix.shape[1], dtype=bool)
    for _ in range(30 * matrix.shape[1]):
        gradient = np.where(free, -np.inf, matrix.T @ (target - matrix @ found))
        if gradient.max() <= 1e-10:
            return found
        free[gradient.argmax()] = True
        found, free = _descend(matrix, target, found, free)
    return found


def _descend(
    matrix: NDArray[np.float64],
    target: NDArray[np.float64],
    found: NDArray[np.float64],
    free: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the best point with `free` unknowns, those that would turn negative fixed at 0."""
    while True:
        best = np.zeros_like(found)
        best[free] = np.linalg.lstsq(matrix[:, free], target, rcond=None)[0]
        below = free & (best <= 0)
        if not below.any():
            return best, free
        step = (found[below] / (found[below] - best[below])).min()
        found = found + step * (best - found)
        free = free & (found > 1e-14)
        found = np.where(free, found, 0.0)


def rates(structure: Structure, parameters: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return cycles by op and amount, with the ops of `DERIVED` priced as the nearest measured."""
    table = {
        op: {
            amount: sum(parameters[name] * times for name, times in paid.items())
            for amount, paid in terms.items()
        }
        for op, terms in structure.items()
        if all(name in parameters for paid in terms.values() for name in paid)
    }
    return {op: table[near] for op, near in DERIVED.items() if near in table} | table


def rms(errors: Sequence[float]) -> float:
    """Return the root of the mean square."""
    return sqrt(sum(error * error for error in errors) / len(errors))
