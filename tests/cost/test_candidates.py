"""Held-out random candidates through the real pipeline: each price against what came of it.

A handful a family; `python -m tests.benchmarks.prices` does the same with over a hundred and
writes the table.
"""

import pytest

from tests.benchmarks.prices_board import require_tools
from tests.benchmarks.prices_convert import Candidates, convert
from tests.benchmarks.prices_measured import measured
from tests.benchmarks.prices_rows import BOARDS, QUANTITIES, checked

pytestmark = pytest.mark.slow

A_FAMILY = 2


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("prices")


@pytest.mark.parametrize("family", ["conv1d", "ds_cnn", "separable_conv2d"])
def test_every_price_is_that_of_what_was_built(family, cache_dir):
    pytest.importorskip("tflite_micro")
    for core in BOARDS:
        require_tools(core)
    for one in convert(Candidates(family, A_FAMILY), cache_dir):
        rows = checked(one, measured(one, cache_dir))
        assert [row.key for row in rows] == list(QUANTITIES)
        told = {row.key: (row.priced, row.measured) for row in rows if not row.met}
        assert not told, f"{one.name}: priced, measured"
