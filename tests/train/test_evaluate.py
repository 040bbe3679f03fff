import math
import statistics

import numpy as np
from sklearn.metrics import log_loss

from nas.train.evaluate import int8_scores, validation

RNG = np.random.default_rng(0)


def test_equal_logits_lose_the_logarithm_of_the_number_of_classes() -> None:
    loss, accuracy = validation(lambda x: np.zeros((len(x), 8)), np.zeros((5, 1)), np.arange(5))
    assert math.isclose(loss, math.log(8))
    assert accuracy == 0.2


def test_loss_agrees_with_scikit_learn_over_several_batches() -> None:
    logits, labels = RNG.normal(size=(37, 4)), RNG.integers(0, 4, 37)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss, accuracy = validation(lambda x: x, logits, labels, batch_size=10)
    assert math.isclose(loss, log_loss(labels, probabilities, labels=range(4)), rel_tol=1e-9)
    assert accuracy == np.mean(logits.argmax(axis=1) == labels)


def test_logits_that_are_no_numbers_count_as_diverged() -> None:
    loss, accuracy = validation(lambda x: x, np.full((3, 2), np.nan), np.zeros(3, np.int64))
    assert (loss, accuracy) == (1e3, 0.0)  # what stands for infinity in result.json


def test_int8_probabilities_are_steps_of_a_256th_and_never_zero() -> None:
    steps = np.array([[255, 1], [128, 128], [0, 255]])
    loss, error, accuracy = int8_scores(steps / 256, np.array([0, 1, 0]))
    losses = [-math.log(255 / 256), math.log(2), math.log(512)]
    assert math.isclose(loss, math.fsum(losses) / 3)
    assert math.isclose(error, statistics.pstdev(losses) / math.sqrt(3))
    assert math.isclose(accuracy, 1 / 3)
