import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.commands.plan import (
    MARGIN,
    QAT_COST,
    SETUP_SECONDS,
    FinalistPlan,
    contenders,
    epoch_seconds,
    plan_finalists,
    plan_rungs,
    reserve_seconds,
)
from nas.search.record import Asked, Record
from nas.trial import Metrics
from tests.commands.records import cost, trained


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


@given(st.integers(800, 9_600))
def test_rungs_take_about_as_many_clips_whatever_the_data_set(n_clips):
    top = plan_rungs(n_clips)[-1]
    # Whole epochs: the first rung is rounded, at worst 1.5 epochs to 1 or 2.
    assert 36 * 2_400 / 1.51 <= top.epochs * n_clips <= 36 * 2_400 * 1.51
    assert all(rung.data_fraction == 1.0 for rung in plan_rungs(n_clips))


def test_rungs_of_a_large_data_set_start_on_a_share_of_its_clips():
    rungs = plan_rungs(84_000)  # Speech Commands v0.02
    assert rungs[0].epochs * rungs[0].data_fraction * 84_000 == 4 * 2_400
    assert rungs[-1].data_fraction == 1.0


def test_an_epoch_is_the_median_of_its_own_course():
    def record(loss, seconds):
        curve = [{"epoch": float(n), "seconds": s} for n, s in enumerate(seconds)]
        metrics = Metrics(
            val_loss=loss, val_accuracy=0.5, train_loss=1.0, seconds=sum(seconds), curve=curve
        )
        return Record(asked=Asked({}, {}), metrics=metrics)

    # The first epoch also computes features; of the two best trials the medians are 1 and 3.
    trials = [record(0.1, [9, 1, 1]), record(0.2, [20, 3, 3]), record(0.9, [50, 50, 50])]
    assert epoch_seconds(trials, 2) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("losses", "kept"),
    [
        ([0.335, 0.354, 0.489, 0.553], 2),  # 0.469 is near enough
        ([0.40, 0.41, 0.45, 0.54], 4),
        ([0.40, 0.41, 0.45, 0.54, 0.55], 4),  # there is room for four
        ([0.02, 0.06, 0.09], 2),  # 0.075
        ([0.1, 0.9, 0.95], 2),  # the best may be luck
        ([0.1], 1),
        ([], 0),
    ],
)
def test_contenders_are_near_the_best(losses, kept):
    front = [trained(i, cost(1, 1, 1), loss) for i, loss in enumerate(losses)]
    assert contenders(front, 4) == front[:kept]
