"""Arenas of TFLM's plan and of the plan with overlap, for the reference models and candidates.

    NAS_SHARED=... PYTHONPATH=. python tests/benchmarks/arenas.py > results/benchmarks/arenas.md

Nothing is random but the candidates, which are the same for the same seeds (HELD_OUT and above).
"""

import platform
import statistics
from timeit import repeat

from nas.graph.graph import Graph
from nas.graph.lifetimes import storage
from nas.graph.order import Needs
from nas.graph.planner import (
    ALIGNMENT,
    greedy_plan,
    overlapped_plan,
    peak_activation_bytes,
    unplanned_bytes,
)
from nas.tflite import read
from tests.random_candidates import HELD_OUT, networks
from tests.shared import reference_model

MODELS = ("kws", "ad", "ic_resnet", "person_detect")
FAMILIES = ("conv1d", "ds_cnn", "separable_conv2d")
RUNS = 50
EXPLANATION = """# Arenas

`python tests/benchmarks/arenas.py`; Python {version}, one core. Bytes.
`unplanned`: every tensor in its own place. `peak`: most bytes of live tensors, the bound of any
plan without overlap. `greedy`: TFLM's plan. `overlapped`: the generated C. `bound`: the most that
one node alone needs with overlap. The last column is the time of `overlapped_plan`, the least of
five means of 50, on a machine with other work: an upper bound.

| network | ops | unplanned | peak | greedy | overlapped | bound | saved | us |
|---|---|---|---|---|---|---|---|---|"""


def row(name: str, graph: Graph) -> tuple[float, float]:
    """Print one line; return the share saved and the microseconds."""
    plan, greedy = overlapped_plan(graph), greedy_plan(graph).arena_bytes
    bound = Needs(graph, storage(graph), alignment=ALIGNMENT).peak(plan.order)
    saved = 1 - plan.arena_bytes / greedy
    us = min(repeat(lambda: overlapped_plan(graph), number=RUNS, repeat=5)) / RUNS * 1e6
    numbers = (unplanned_bytes(graph), peak_activation_bytes(graph), greedy, plan.arena_bytes)
    cells = " | ".join(f"{value:,}" for value in (len(graph.nodes), *numbers, bound))
    print(f"| {name} | {cells} | {saved:.0%} | {us:.0f} |")
    return saved, us


def main() -> None:
    """Print the table and the medians over the candidates."""
    print(EXPLANATION.format(version=platform.python_version()))
    for name in MODELS:
        row(name, read(reference_model(name)).graph)
    rows = [
        row(f"{family} {index}", graph)
        for family in FAMILIES
        for index, (_, graph) in enumerate(networks(family, 12, first_seed=HELD_OUT))
    ]
    saved, us = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"\nMedian of the {len(rows)} candidates: {saved:.0%} saved, {us:.0f} us.")


if __name__ == "__main__":
    main()
