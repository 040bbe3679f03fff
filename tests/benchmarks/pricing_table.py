"""The page of `pricing_speed`: what was measured, and whether it is what was wanted."""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.machine import versions

__all__ = ["FIRST", "N_OPS", "Run", "Speed", "report"]

N_OPS = 12
FIRST = 1_000
MEDIAN_US, P99_US = 300.0, 1_000.0
GROWTH_MB = 4.0
TO_THE_VERDICT = ("verdict", "appraisal")

Run = tuple[float, float, float, float]


@dataclass(frozen=True)
class Speed:
    """Microseconds for one candidate on one board.

    A run has its median, that of its first candidates, its 99th percentile and its worst.
    """

    board: str
    runtime: str
    path: str
    candidates: int
    front_ends: int
    runs: Sequence["Run"]

    def middle(self, column: int) -> float:
        """Return the median over the runs of one of the four."""
        return statistics.median(run[column] for run in self.runs)

    @property
    def met(self) -> bool:
        """Tell whether the wanted times are met in the median of the runs."""
        return self.middle(0) < MEDIAN_US and self.middle(2) < P99_US

    @property
    def says(self) -> str:
        """Whether what is wanted is met, of a path that ends with the verdict."""
        if self.path not in TO_THE_VERDICT:
            return "goes beyond the verdict"
        return "yes" if self.met else "**no**"

    @property
    def row(self) -> str:
        """One line of the table."""
        medians = [run[0] for run in self.runs]
        return (
            f"| {self.board} | {self.runtime} | {self.path} | {self.candidates:,} "
            f"| {self.front_ends:,} | {self.middle(0):.0f} | {min(medians):.0f} to "
            f"{max(medians):.0f} | {self.middle(1):.0f} | {self.middle(2):.0f} "
            f"| {max(run[3] for run in self.runs):.0f} "
            f"| {self.says} |"
        )


def report(
    speeds: Sequence[Speed], resident: tuple[int, int, float, float], peer: Any, place: str
) -> str:
    """Return the table; `resident` is (first, last, MB after first, MB after last)."""
    first, last, before, after = resident
    slowest = max(one.middle(0) for one in speeds)
    lines = [
        "# How fast a candidate is priced",
        "",
        f"`python -m tests.benchmarks.pricing_speed {' '.join(sys.argv[1:])}".rstrip() + "`",
        "",
        f"{versions(['numpy', 'tensorflow', 'tflite-micro'])}; {place}; one core used.",
        "",
        f"From choices to verdict, DS-CNNs of {N_OPS} ops, each candidate once, front ends vary; "
        "caches start empty; `verdict` is the bare path, `appraisal` that of `nas search`, which "
        "also notes what was asked; `beyond` goes on to price in full what may be trained. Values "
        "are looked up, not drawn.",
        f"Medians over {len(speeds[0].runs)} runs, which take turns, each in a new process; the "
        "worst is of all runs.",
        f"Wanted: median under {MEDIAN_US:.0f} us, 99th percentile under {P99_US:.0f} us.",
        "",
        "| board | runtime, kernels | path | candidates | front ends | median us | of the runs "
        f"| of the first {FIRST:,} | 99 % us | worst us | met |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(one.row for one in speeds),
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
