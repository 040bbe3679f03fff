"""How fast a candidate is priced, from choices to verdict, and whether memory grows.

    python -m tests.benchmarks.pricing_speed [--candidates N] [--runs N] [--long N] [--peer N]
        [--out FILE]

Choices of DS-CNNs of 12 ops are drawn beforehand, in a process of their own; then each is taken
once, on one core, in another that has priced nothing yet and looks for garbage as rarely as `nas`
does: candidate, check of its front end, graph, check of its kernels, price, violations. Front ends
vary with the rest. Then the same by the search's own appraisal, which also notes all that was
asked; and with what comes after the verdict, the price in full of what may be trained. All of it
several times, each in a new process. Memory is read while candidates of all families are priced.
Beside it: what others do to price a candidate, which is to convert the untrained model and to
measure the file (`pricing_peer`).
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from nas.budget import Budget, load_budget, violations
from nas.budget.cores import Runtime
from nas.cost import detailed, price
from nas.errors import ConfigError
from nas.files import write_text
from nas.frontend import check
from nas.space import (
    Candidate,
    Choices,
    ImpossibleCandidate,
    RandomChoices,
    Space,
    Value,
    build_graph,
    load_space,
)
from nas.space.taps import check_taps
from tests.benchmarks.machine import machine
from tests.benchmarks.pricing_table import FIRST, N_OPS, Run, Speed, report
from tests.paths import REPOSITORY
from tests.random_candidates import HELD_OUT, N_CLASSES

OUT = Path("results/benchmarks/pricing_speed.md")
CASES: tuple[tuple[str, Runtime, str], ...] = (
    ("stm32f446", "c", "verdict"),
    ("stm32f446", "c", "appraisal"),
    ("esp32", "tflm", "verdict"),
    ("esp32", "tflm", "appraisal"),
    ("stm32f446", "c", "beyond"),
)
"""Board, runtime, and what is timed: see `PATHS`. Each in a process of its own, so that none finds
in a cache what another put there."""


@dataclass(frozen=True)
class FixedChoices:
    """Choices that were made before, by name."""

    values: dict[str, Value]

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        return self.values[name]

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        return int(self.values[name])

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        /,
        *,
        step: float | None = None,
        log: bool = False,
    ) -> float:
        return float(self.values[name])


Judge = Callable[[Choices], Mapping[str, float]]
"""From choices to the violations of what they pick."""


def verdict(space: Space, budget: Budget, *, detail: bool = False) -> Judge:
    """Return the bare path, with nothing around it."""

    def judge(choices: Choices) -> dict[str, float]:
        candidate = space.suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
        check(candidate.frontend)
        graph = build_graph(candidate, N_CLASSES)
        check_taps(graph, candidate.family)
        cost = price(graph, candidate.frontend, budget, detail=detail)
        return violations(cost, budget.limits)

    return judge


def appraisal(space: Space, budget: Budget, *, beyond: bool = False) -> Judge:
    """Return the path of `nas search`, which notes what was asked.

    With `beyond` it goes on to price in full what may be trained. The search is imported here:
    what is measured without it has its memory without it.
    """
    from nas.commands.search import price_on
    from nas.search.pricing import Appraiser

    priced = partial(price_on, budget)
    appraiser = Appraiser(space, 16_000, [1_000], N_CLASSES, priced, budget.limits, detailed)

    def judge(choices: Choices) -> Mapping[str, float]:
        record = appraiser.appraise(choices)
        if beyond and not record.pruned_by:
            record = appraiser.completed(record)
        return record.violations

    return judge


PATHS: dict[str, Callable[[Space, Budget], Judge]] = {
    "verdict": verdict,
    "appraisal": appraisal,
    "beyond": partial(appraisal, beyond=True),
}


def drawn(space: Space, n: int, *, n_ops: int) -> list[tuple[dict[str, Value], Candidate]]:
    """Return choices and candidates of `n` distinct networks of `n_ops` ops."""
    return list(islice(_distinct(space, n_ops), n))


def _distinct(space: Space, n_ops: int) -> Iterator[tuple[dict[str, Value], Candidate]]:
    seen = set()
    for seed in count(HELD_OUT):
        choices = RandomChoices(np.random.default_rng(seed))
        try:
            candidate = space.suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
            check(candidate.frontend)
            graph = build_graph(candidate, N_CLASSES)
            check_taps(graph, candidate.family)
        except (ImpossibleCandidate, ConfigError):
            continue
        if len(graph.nodes) == n_ops and candidate.fingerprint not in seen:
            seen.add(candidate.fingerprint)
            yield choices.values, candidate


def choices_of(n: int) -> tuple[list[dict[str, Value]], int]:
    """Return choices of `n` candidates, and how many front ends they have."""
    found = drawn(load_space("ds_cnn"), n, n_ops=N_OPS)
    front_ends = {candidate.frontend for _, candidate in found}
    return [values for values, _ in found], len(front_ends)


def timed(given: Sequence[dict[str, Value]], board: str, runtime: Runtime, path: str) -> Run:
    """Return the times of one run; each candidate is met for the first time."""
    budget = load_budget(board, runtime=runtime)
    judge = PATHS[path](load_space("ds_cnn"), budget)
    us = np.array([_microseconds(judge, values) for values in given])
    medians = float(np.median(us)), float(np.median(us[:FIRST]))
    return *medians, float(np.percentile(us, 99)), float(us.max())


def speeds(fresh: ProcessPoolExecutor, n: int, n_runs: int) -> list[Speed]:
    """Return the speed of each case; the runs of the cases take turns."""
    given, front_ends = fresh.submit(choices_of, n).result()
    runs = [[fresh.submit(timed, given, *case).result() for case in CASES] for _ in range(n_runs)]
    return [
        Speed(board, _linked(board, runtime), path, n, front_ends, of_case)
        for (board, runtime, path), of_case in zip(CASES, zip(*runs, strict=True), strict=True)
    ]


def _linked(board: str, runtime: Runtime) -> str:
    return f"{runtime}, {load_budget(board, runtime=runtime).kernels}"


def _microseconds(judge: Judge, values: dict[str, Value]) -> float:
    choices = FixedChoices(values)
    start = time.perf_counter_ns()
    judge(choices)
    return (time.perf_counter_ns() - start) / 1_000


def memory(first: int, last: int) -> tuple[float, float]:
    """Return resident MB after `first` and after `last` candidates of the default space."""
    judge = verdict(load_space("default"), load_budget(CASES[0][0]))
    resident = []
    for number in range(1, last + 1):
        choices = RandomChoices(np.random.default_rng(HELD_OUT + number))
        with suppress(ImpossibleCandidate, ConfigError):  # told as impossible: a verdict too
            judge(choices)
        if number in (first, last):
            resident.append(_resident_mb())
    return resident[0], resident[-1]


def _resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def peer_seconds(n: int) -> dict[str, float]:
    """Return seconds to convert and to measure, median of `n`, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.pricing_peer", str(n)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _fresh_processes() -> ProcessPoolExecutor:
    """Return a pool whose every task starts with empty caches, in a process as `nas` is one."""
    return ProcessPoolExecutor(
        1, get_context("spawn"), initializer=_as_the_command, max_tasks_per_child=1
    )


def _as_the_command() -> None:
    """Look for garbage as often as the command does."""
    import nas.cli  # noqa: F401


def main(arguments: Sequence[str]) -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pricing_speed")
    parser.add_argument("--candidates", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--long", type=int, default=100_000)
    parser.add_argument("--peer", type=int, default=5)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    place = machine()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    first = options.long // 10
    with _fresh_processes() as fresh:
        found = speeds(fresh, options.candidates, options.runs)
        resident = (first, options.long, *fresh.submit(memory, first, options.long).result())
    text = report(found, resident, peer_seconds(options.peer), place)
    write_text(options.out, text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
