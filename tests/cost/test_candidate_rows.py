"""What counts as a price that misses, and that the table shows it."""

import pytest

from tests.benchmarks.prices_rows import QUANTITIES, Row
from tests.benchmarks.prices_table import candidate_table, missed_table


def row(key, priced, measured):
    return Row("a", "conv1d", key, priced, measured)


@pytest.mark.parametrize(
    ("key", "priced", "measured", "met"),
    [
        ("model_bytes", 1_029, 1_000, True),
        ("model_bytes", 1_031, 1_000, False),
        ("model_bytes", 969, 1_000, False),
        ("planned_bytes", 1_000, 1_000, True),
        ("planned_bytes", 1_016, 1_000, False),
        ("arena_64", 1_000, 1_000, True),
        ("arena_64", 999, 1_000, False),
        ("arena_64", 2_000, 1_000, True),
        ("cortex-m4.differences", 0, 0, True),
        ("cortex-m4.differences", 0, 1, False),
    ],
)
def test_a_price_is_right_by_the_rule_of_its_quantity(key, priced, measured, met):
    assert row(key, priced, measured).met is met


def test_a_miss_is_counted_and_listed():
    rows = [row(key, 1_000, 1_000) for key in QUANTITIES] + [row("model_bytes", 1_100, 1_000)]
    line = next(line for line in candidate_table(rows) if ".tflite" in line)
    assert "+0.00% to +10.00%" in line
    assert "**1 of 2**" in line
    assert "| a | net | `.tflite` bytes | 1,100 | 1,000 | +10.00% |" in missed_table(
        rows, lambda name: "net"
    )
    assert missed_table(rows[:1], str) == ["None."]
