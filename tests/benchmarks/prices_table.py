"""Tables of prices beside what was measured; a miss is listed, never averaged away."""

import statistics
from collections.abc import Callable, Sequence

from tests.benchmarks.prices_rows import QUANTITIES, Row

__all__ = ["candidate_table", "cells", "missed_table", "table"]


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [cells(titles), cells(["---"] * len(titles)).replace(" ", ""), *map(cells, rows)]


def cells(values: Sequence[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(values)} |"


def candidate_table(rows: Sequence[Row]) -> list[str]:
    """Return a line a quantity: range of errors by family, median, how many miss."""
    families = list(dict.fromkeys(row.family for row in rows))
    lines = []
    for key, quantity in QUANTITIES.items():
        of_key = [row for row in rows if row.key == key]
        ranges = [_range([r for r in of_key if r.family == family]) for family in families]
        median = statistics.median(abs(row.error) for row in of_key)
        missed = sum(not row.met for row in of_key)
        told = f"{missed} of {len(of_key)}"
        lines.append(
            [quantity.title, quantity.wanted, *ranges, f"{median:.2%}", _bold(told, missed)]
        )
    return table(["price against", "wanted", *families, "median", "missed"], lines)


def _range(rows: Sequence[Row]) -> str:
    errors = [row.error for row in rows]
    if not any(errors):
        return "equal"
    return f"{min(errors):+.2%} to {max(errors):+.2%}"


def _bold(text: str, missed: int) -> str:
    return f"**{text}**" if missed else text


def missed_table(rows: Sequence[Row], describe: Callable[[str], str]) -> list[str]:
    """Return every row that misses; `describe` says what a candidate is, by its name."""
    missed = [row for row in rows if not row.met]
    if not missed:
        return ["None."]
    lines = [
        [
            row.name,
            describe(row.name),
            QUANTITIES[row.key].title,
            f"{row.priced:,.0f}",
            f"{row.measured:,.0f}",
            f"{row.error:+.2%}",
        ]
        for row in sorted(missed, key=lambda one: -abs(one.error))
    ]
    return table(["candidate", "network", "price against", "priced", "measured", "error"], lines)
