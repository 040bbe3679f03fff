import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.commands.plan import (
    MARGIN,
    QAT_COST,
    SETUP_SECONDS,
    FinalistPlan,
    plan_finalists,
    reserve_seconds,
)


def test_reserve_by_hand():
    plan = FinalistPlan(candidates=3, seeds=1, epochs=40, qat_epochs=4)
    # Three trainings on two workers take two rounds of 40 + 4 x QAT_COST epochs of half a second.
    one = SETUP_SECONDS + MARGIN * (40 + 4 * QAT_COST) * 0.5
    assert reserve_seconds(plan, 0.5, 2) == pytest.approx(2 * one)


@given(st.floats(30, 1e5), st.floats(30, 1e5))
def test_more_time_never_means_less_training(first, second):
    low, high = sorted((first, second))
    assert plan_finalists(low).runs <= plan_finalists(high).runs
    assert plan_finalists(low).epochs <= plan_finalists(high).epochs
