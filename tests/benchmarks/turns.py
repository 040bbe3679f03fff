"""Which share of turns finds more: searches with a formula as training, several seeds each.

    PYTHONPATH=. python tests/benchmarks/turns.py [trials] [seeds]

The formula (tests/search/formula.py) stands in for validation loss: the table says something of
the proposals, nothing of networks. Costs are those of the real families.
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

import numpy as np

from nas.budget import Limits
from nas.search.record import values_of
from tests.search.formula import search

TIGHT = Limits(constant_bytes=20_000, macs=1_000_000, ram_bytes=30_000)
QUARTER = 250_000
SHARES = (
    ("chance",),
    ("loss",),
    ("front",),
    ("loss", "front"),
    ("loss", "neighbour"),
    ("loss", "front", "loss", "neighbour"),
    ("loss", "neighbour", "front", "neighbour"),
)


def measured(turns: tuple[str, ...], trials: int, seed: int) -> tuple[float, float, float]:
    """Return the best loss, the best at a quarter of the work, and the epochs spent."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        result = search(Path(folder), max_trials=trials, seed=seed, turns=turns, limits=TIGHT)
    losses = [values_of(r)[0] for r in result.front]
    small = [values_of(r)[0] for r in result.front if r.cost and r.cost.macs <= QUARTER]
    first, second, third = (*result.progress.arrivals, 0, 0)[:3]
    return min(losses), min(small, default=np.nan), 3 * first + 6 * second + 18 * third


def main() -> None:
    """Print one row a share of turns."""
    trials, seeds = (int(text) for text in (*sys.argv[1:], "100", "5")[:2])
    print(f"{trials} trials, mean of {seeds} seeds")
    print("| turns | best loss | best loss at a quarter of the MACs | epochs |")
    print("|---|---|---|---|")
    for turns in SHARES:
        rows = np.array([measured(turns, trials, seed) for seed in range(seeds)])
        best, small, epochs = np.nanmean(rows, axis=0)
        print(f"| {' '.join(turns)} | {best:.4f} | {small:.4f} | {epochs:.0f} |", flush=True)


if __name__ == "__main__":
    main()
