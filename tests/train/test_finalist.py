import numpy as np
import pytest

from nas.audio.dataset import Split
from nas.train.evaluate import validation
from nas.train.finalist import Trained, quantize_aware_train, train_float
from tests.train.fakes import N_CLASSES, FakeStore, ds_cnn


@pytest.fixture(scope="module")
def trained() -> Trained:
    candidate = ds_cnn(learning_rate=0.03)
    return train_float(candidate, FakeStore(), N_CLASSES, epochs=24, seed=0, n_copies=3)


def score(one: Trained) -> tuple[float, float]:
    store = FakeStore()
    features = store.features(Split.VALIDATION, one.candidate.frontend)[..., np.newaxis]
    return validation(one.model, features / np.float32(32), store.labels(Split.VALIDATION))


def test_the_kept_weights_are_those_of_the_lowest_validation_loss(trained: Trained) -> None:
    losses = [row["val_loss"] for row in trained.metrics.curve]
    assert trained.metrics.val_loss == min(losses)
    np.testing.assert_allclose(
        score(trained), (trained.metrics.val_loss, trained.metrics.val_accuracy), rtol=1e-4
    )


def test_fake_quantization_keeps_what_was_learnt(trained: Trained) -> None:
    rows: list[float] = []
    result = quantize_aware_train(
        trained, FakeStore(), N_CLASSES, 0, epochs=2, watch=lambda row: rows.append(row["epoch"])
    )
    assert rows == [1.0, 2.0]
    assert trained.metrics.val_accuracy >= 0.95
    assert result.metrics.val_accuracy >= trained.metrics.val_accuracy - 0.02
    np.testing.assert_allclose(score(result)[0], result.metrics.val_loss, rtol=0.05)


def test_without_epochs_ranges_are_still_measured(trained: Trained) -> None:
    result = quantize_aware_train(trained, FakeStore(), N_CLASSES, 0, epochs=0)
    assert abs(result.metrics.val_loss - trained.metrics.val_loss) < 0.05
