"""How long a candidate takes to price and to record, and how many are refused.

    PYTHONPATH=. python tests/benchmarks/record_price.py [trials]

A search of the shipped space for the ESP32 board with the limits of the recorded runs, real
prices, and a formula in place of training; the sampler's own time is given apart.
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

from nas.budget import Budget, Cost, load_budget
from nas.cost import detailed, price
from nas.frontend import LogMelSettings, check
from nas.graph.graph import Graph
from tests.search.formula import search

LIMITS = ["macs=3000000", "constant_bytes=65536"]


def main() -> None:
    """Print medians and 95th percentiles in milliseconds."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    budget: Budget = load_budget("esp32", LIMITS)

    def priced(graph: Graph, settings: LogMelSettings) -> Cost:
        check(settings)
        return price(graph, settings, budget, detail=False)

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        stats = search(
            Path(folder), price=priced, detail=detailed, limits=budget.limits, max_trials=trials
        ).stats
    print(f"trained {stats['trained']}, refused {stats['rejected_total']}: {stats['rejected']}")
    print("| step | n | median ms | 95 % below ms |")
    print("|---|---|---|---|")
    for step in ("price", "record", "record_trained", "ask"):
        row = stats[f"{step}_ms"]
        print(f"| {step} | {row['n']} | {row['median']:.2f} | {row['p95']:.2f} |")


if __name__ == "__main__":
    main()
