"""The NumPy twin against LiteRT's reference kernels, and tflite-micro where LiteRT refuses."""

import numpy as np
import pytest

from nas.export.run import Int8Model
from nas.export.twin import Twin
from nas.graph.fold import folded
from nas.tflite import read
from tests.export import test_more_ops as more
from tests.export import test_ops as ops
from tests.export.compiled import random_inputs
from tests.shared import reference_model

KINDS = (
    *(ops.test_conv, ops.test_depthwise, ops.test_mean, ops.test_add, ops.test_softmax),
    *(more.test_activations_and_other_scales, more.test_logistic, more.test_pad),
    *(more.test_pad_before_a_convolution, more.test_mean, more.test_mean_over_time),
    *(more.test_pooling_with_an_activation, more.test_fully_connected),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_ops(kind, monkeypatch):
    """The networks that the C is held against, drawn anew, through the twin instead."""

    def twin_agrees(flat, source, target, seed):
        content = flat.content([source], [target])
        model = Int8Model(content)
        inputs = random_inputs(model.input_shape, 12, seed)
        found = Twin(folded(read(content))).predict(inputs)
        np.testing.assert_array_equal(found, model.predict(inputs))

    monkeypatch.setattr(ops, "agrees", twin_agrees)
    monkeypatch.setattr(more, "agrees", twin_agrees)
    kind()


@pytest.mark.parametrize("name", ["kws", "ad", "ic_resnet"])
def test_published_models(name):
    content = reference_model(name).read_bytes()
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 3, seed=5)
    np.testing.assert_array_equal(Twin(read(content)).predict(inputs), model.predict(inputs))
