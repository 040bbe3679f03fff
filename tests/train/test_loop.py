import math

import numpy as np
import pytest

from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import FullyConnected, Mean
from nas.train._keras import keras
from nas.train.batches import Batches
from nas.train.build import keras_model
from nas.train.loop import Loop
from nas.train.recipe import Recipe

RNG = np.random.default_rng(0)
FEATURES = RNG.integers(-128, 128, (3, 8, 4, 2, 5)).astype(np.int8)
LABELS = RNG.integers(0, 3, (3, 8))
WEIGHTS = np.array([0.5, 1.0, 2.0], np.float32)


def linear() -> Graph:
    builder = GraphBuilder((4, 2, 5))
    return builder.build(builder.add(FullyConnected(3), builder.add(Mean(), builder.input)))


def loop(**changes: float) -> Loop:
    keras.utils.set_random_seed(0)
    return Loop(keras_model(linear()), Recipe(**changes), weights=WEIGHTS, scale=1 / 32)


def run(one: Loop, rate: float) -> float:
    rates = np.full(3, rate, np.float32)
    return one.epoch(Batches(FEATURES, LABELS), rates, np.random.default_rng(0))


def test_loss_is_the_weighted_smoothed_cross_entropy() -> None:
    one = loop(label_smoothing=0.3)
    kernel, bias = one.model.get_weights()
    logits = (FEATURES / 32.0).mean(axis=(2, 3)) @ kernel + bias
    log_softmax = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    targets = 0.7 * np.eye(3)[LABELS] + 0.1
    expected = np.mean(WEIGHTS[LABELS] * -(targets * log_softmax).sum(axis=-1))
    assert math.isclose(run(one, 0.0), expected, rel_tol=1e-5)


def test_a_rate_of_zero_changes_no_weight() -> None:
    one = loop(weight_decay=0.5)
    before = one.model.get_weights()
    run(one, 0.0)
    for old, new in zip(before, one.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_weights_decay_by_rate_times_decay_and_biases_do_not() -> None:
    free, decayed = loop(weight_decay=0.0), loop(weight_decay=0.5)
    single = Batches(FEATURES[:1], LABELS[:1])
    start = free.model.get_weights()[0]
    for one in (free, decayed):
        one.epoch(single, np.array([0.01], np.float32), np.random.default_rng(0))
    (kernel, bias), (shrunk, same) = free.model.get_weights(), decayed.model.get_weights()
    np.testing.assert_allclose(kernel - shrunk, 0.01 * 0.5 * start, rtol=1e-3, atol=1e-7)
    np.testing.assert_array_equal(bias, same)


def test_validation_uses_the_averages_and_leaves_the_weights() -> None:
    one = loop(average_decay=0.9)
    run(one, 0.1)
    trained, averaged = one.model.get_weights(), one.averaged_weights()
    loss, _ = one.validate(FEATURES[0], LABELS[0])
    for old, new in zip(trained, one.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert not np.allclose(trained[0], averaged[0])
    one.model.set_weights(averaged)
    logits = np.asarray(one.model(FEATURES[0] / np.float32(32)), np.float64)
    picked = (np.exp(logits) / np.exp(logits).sum(1, keepdims=True))[np.arange(8), LABELS[0]]
    assert math.isclose(loss, -np.log(picked).mean(), rel_tol=1e-5)


def test_mixing_halves_of_two_clips_mixes_their_labels() -> None:
    one = loop(mixup=0.4, label_smoothing=0.0)
    share = np.float32(0.75)
    values, targets, weights = one._targets(FEATURES[0], LABELS[0], np.full(8, share))
    mirrored = FEATURES[0][::-1].astype(np.float32)
    np.testing.assert_allclose(values, (0.75 * FEATURES[0] + 0.25 * mirrored) / 32.0, rtol=1e-6)
    hot = np.eye(3)[LABELS[0]]
    np.testing.assert_allclose(targets, 0.75 * hot + 0.25 * hot[::-1], rtol=1e-6)
    real = WEIGHTS[LABELS[0]]
    np.testing.assert_allclose(weights, 0.75 * real + 0.25 * real[::-1], rtol=1e-6)


@pytest.mark.parametrize("decay", [0.0, 0.9])
def test_a_diverged_model_is_marked(decay: float) -> None:
    one = loop(average_decay=decay)
    run(one, math.inf)
    assert run(one, math.inf) == 1e3
    assert not one.finite
