import json

import numpy as np
import pytest

from nas.train.batches import FeatureSource
from nas.train.session import TrainEvaluate
from nas.trial import Fidelity
from tests.train.fakes import N_CLASSES, FakeStore, ds_cnn


@pytest.fixture
def evaluate() -> TrainEvaluate:
    store: FeatureSource = FakeStore()
    return TrainEvaluate(store, N_CLASSES, schedule_epochs=24, n_copies=3)


def test_it_learns_what_a_nearest_mean_learns(evaluate: TrainEvaluate) -> None:
    """Bands of a class are lit on purpose, so anything that hears gets them all."""
    metrics = evaluate(ds_cnn(learning_rate=0.03), seed=0).train(Fidelity(24))
    assert metrics.val_accuracy >= 0.95
    assert [row["epoch"] for row in metrics.curve] == list(range(1, 25))
    json.dumps(metrics.to_dict(), allow_nan=False)


def test_going_on_equals_going_through(evaluate: TrainEvaluate) -> None:
    through = evaluate(ds_cnn(), seed=1).train(Fidelity(4))
    session = evaluate(ds_cnn(), seed=1)
    session.train(Fidelity(1))
    evaluate(ds_cnn(dropout=0.1), seed=2).train(Fidelity(1))  # another one in between
    on = session.train(Fidelity(4))
    # float32 sums may differ in order between two compiled epochs
    np.testing.assert_allclose(on.val_loss, through.val_loss, rtol=1e-3)
    assert len(on.curve) == 4


def test_a_fraction_of_the_clips_takes_fewer_steps(evaluate: TrainEvaluate) -> None:
    session = evaluate(ds_cnn(batch_size=10), seed=0)
    batches = session._course._batches(0, 0.25)
    assert batches.labels.shape == (3, 10)
    metrics = session.train(Fidelity(1, data_fraction=0.25))
    assert metrics.val_loss < 5.0


def test_a_diverged_candidate_reports_numbers_that_json_holds(evaluate: TrainEvaluate) -> None:
    metrics = evaluate(ds_cnn(learning_rate=1e30), seed=0).train(Fidelity(6))
    assert metrics.val_loss == 1e3
    assert metrics.val_accuracy == 0.0
    json.dumps(metrics.to_dict(), allow_nan=False)
