import numpy as np
import pytest

from nas.graph.graph import GraphBuilder
from nas.graph.ops import (
    DepthwiseConv2D,
    FullyConnected,
    Mean,
    Softmax,
)
from nas.space.families import FAMILIES
from nas.train._keras import keras
from nas.train.build import keras_model
from nas.train.fold import folded
from tests.random_candidates import N_CLASSES, networks
from tests.train.graphs import every_op


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_layer_has_the_shape_of_its_node(family: str) -> None:
    for _, graph in networks(family, 3, first_seed=0):
        model = keras_model(graph, dropout=0.2)
        for node in graph.nodes:
            if not isinstance(node.op, Softmax):
                assert model.get_layer(node.name).output_shape[1:] == graph.output_shape(node)
        assert model.output_shape == (None, N_CLASSES)


def test_unequal_strides_of_a_depthwise_convolution_move_each_axis_alone() -> None:
    builder = GraphBuilder((9, 8, 2))
    tensor = builder.add(DepthwiseConv2D((3, 3), (2, 1)), builder.input)
    tensor = builder.add(FullyConnected(2), builder.add(Mean(), tensor))
    assert keras_model(builder.build(tensor)).layers[1].output_shape == (None, 5, 8, 2)


def test_folded_model_computes_the_same() -> None:
    graph = every_op()
    model, rng = keras_model(graph), np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 2.0, one.shape) for one in layer.get_weights()])
    values = rng.uniform(-4.0, 4.0, (6, *graph.tensors[0].shape)).astype(np.float32)
    np.testing.assert_allclose(folded(model, graph)(values), model(values), rtol=1e-4, atol=1e-5)
