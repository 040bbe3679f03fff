"""How fast a candidate is priced, from choices to verdict, and whether memory grows.

    python -m tests.benchmarks.pricing_speed [--candidates N] [--long N] [--peer N] [--out FILE]

Choices of DS-CNNs of 12 ops are drawn beforehand; then each is taken once, on one core: candidate,
check of its front end, graph, price, violations. Front ends vary with the rest. Memory is read
while candidates of all families are priced. Beside it: what others do to price a candidate, which
is to convert the untrained model and to measure the file (`pricing_peer`).
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from nas.budget import Budget, load_budget, violations
from nas.budget.cores import Runtime
from nas.cost import price
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
from tests.benchmarks.machine import machine, versions
from tests.paths import REPOSITORY
from tests.random_candidates import HELD_OUT, N_CLASSES

OUT = Path("results/benchmarks/pricing_speed.md")
CASES: tuple[tuple[str, Runtime, bool], ...] = (
    ("stm32f446", "c", False),
    ("stm32f446", "c", True),
    ("esp32", "tflm", False),
)
"""Board, runtime, and whether the price is in full, as of those that fit, or for the verdict
alone. Each in a process of its own, so that none finds in a cache what another put there."""
N_OPS = 12
WARM_UP = 100
MEDIAN_US, P99_US = 300.0, 1_000.0
GROWTH_MB = 4.0


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


@dataclass(frozen=True)
class Speed:
    """Microseconds for one candidate on one board."""

    board: str
    runtime: str
    price: str
    candidates: int
    front_ends: int
    median_us: float
    p99_us: float
    worst_us: float


def verdict(
    space: Space, choices: Choices, budget: Budget, *, detail: bool = False
) -> dict[str, float]:
    """Return the violations of what `choices` pick: the whole path that is timed."""
    candidate = space.suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
    check(candidate.frontend)
    graph = build_graph(candidate, N_CLASSES)
    cost = price(graph, candidate.frontend, budget, detail=detail)
    return violations(cost, budget.limits)


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
        except (ImpossibleCandidate, ConfigError):
            continue
        if len(graph.nodes) == n_ops and candidate.fingerprint not in seen:
            seen.add(candidate.fingerprint)
            yield choices.values, candidate


def speed(n: int, board: str, runtime: Runtime, *, detail: bool) -> Speed:
    """Return the time of `n` verdicts on `board`, each candidate met for the first time."""
    space, budget = load_space("ds_cnn"), load_budget(board, runtime=runtime)
    found = drawn(space, n + WARM_UP, n_ops=N_OPS)
    for values, _ in found[:WARM_UP]:
        verdict(space, FixedChoices(values), budget, detail=detail)
    timed = found[WARM_UP:]
    us = np.array([_microseconds(space, values, budget, detail) for values, _ in timed])
    return Speed(
        board=board,
        runtime=f"{budget.runtime}, {budget.kernels}",
        price="in full" if detail else "for the verdict",
        candidates=len(us),
        front_ends=len({candidate.frontend for _, candidate in timed}),
        median_us=float(np.median(us)),
        p99_us=float(np.percentile(us, 99)),
        worst_us=float(us.max()),
    )


def _microseconds(space: Space, values: dict[str, Value], budget: Budget, detail: bool) -> float:
    choices = FixedChoices(values)
    start = time.perf_counter_ns()
    verdict(space, choices, budget, detail=detail)
    return (time.perf_counter_ns() - start) / 1_000


def memory(first: int, last: int) -> tuple[float, float]:
    """Return resident MB after `first` and after `last` candidates of the default space."""
    space, budget = load_space("default"), load_budget(CASES[0][0])
    resident = []
    for number in range(1, last + 1):
        choices = RandomChoices(np.random.default_rng(HELD_OUT + number))
        with suppress(ImpossibleCandidate, ConfigError):  # told as impossible: a verdict too
            verdict(space, choices, budget)
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
    """Return a pool whose every task starts with empty caches."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1)


def report(
    speeds: Sequence[Speed], resident: tuple[int, int, float, float], peer: Any, place: str
) -> str:
    """Return the table; `resident` is (first, last, MB after first, MB after last)."""
    first, last, before, after = resident
    slowest = max(one.median_us for one in speeds)
    rows = [
        f"| {one.board} | {one.runtime} | {one.price} | {one.candidates:,} | {one.front_ends:,} "
        f"| {one.median_us:.0f} | {one.p99_us:.0f} | {one.worst_us:.0f} "
        f"| {'yes' if one.median_us < MEDIAN_US and one.p99_us < P99_US else '**no**'} |"
        for one in speeds
    ]
    lines = [
        "# How fast a candidate is priced",
        "",
        f"`python -m tests.benchmarks.pricing_speed {' '.join(sys.argv[1:])}".rstrip() + "`",
        "",
        f"{versions(['numpy', 'tensorflow', 'tflite-micro'])}; {place}; one core used.",
        "",
        f"From choices to verdict, DS-CNNs of {N_OPS} ops, each candidate once, front ends vary; "
        "caches start empty.",
        f"Wanted: median under {MEDIAN_US:.0f} us, 99th percentile under {P99_US:.0f} us.",
        "",
        "| board | runtime, kernels | price | candidates | front ends | median us | 99 % us "
        "| worst us | met |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"Resident memory: {before:.1f} MB after {first:,} candidates of all families, "
        f"{after:.1f} MB after {last:,} (growth {after - before:+.1f} MB, "
        f"{'met' if after - before < GROWTH_MB else '**not met**'}: under {GROWTH_MB:.0f} MB).",
        "",
        f"What others do, in the same run: {peer['candidates']} of these candidates built in "
        f"Keras and converted to int8 untrained ({peer['convert_s']:.2f} s, median), then loaded "
        f"in tflite-micro for its arena ({peer['measure_s']:.3f} s), after an import of "
        f"{peer['import_s']:.1f} s. That is "
        f"{(peer['convert_s'] + peer['measure_s']) * 1e6 / slowest:,.0f} times as long.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pricing_speed")
    parser.add_argument("--candidates", type=int, default=5_000)
    parser.add_argument("--long", type=int, default=100_000)
    parser.add_argument("--peer", type=int, default=5)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    place = machine()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    first = options.long // 10
    with _fresh_processes() as fresh:
        speeds = [
            fresh.submit(speed, options.candidates, board, runtime, detail=detail).result()
            for board, runtime, detail in CASES
        ]
        resident = (first, options.long, *fresh.submit(memory, first, options.long).result())
    text = report(speeds, resident, peer_seconds(options.peer), place)
    write_text(options.out, text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
