import pytest

from nas.cost import constant_bytes, macs
from nas.cost.macs import node_macs
from nas.graph.graph import GraphBuilder
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Mean,
    Padding,
    Reshape,
    Softmax,
)
from nas.tflite import constant_bytes as stored_bytes
from nas.tflite import read
from tests.shared import reference_model

# Published with the models (FACTS): MACs, constant bytes.
PUBLISHED = {
    "kws": (2_656_768, 24_376),
    "ad": (264_192, 270_880),
    "ic_resnet": (12_501_632, 78_752),
    "person_detect": (7_157_888, 218_928),
}


@pytest.mark.parametrize(("name", "expected"), PUBLISHED.items())
def test_reference_models_cost_what_is_published(name, expected):
    path = reference_model(name)
    graph = read(path).graph
    assert (macs(graph), constant_bytes(graph)) == expected
    assert stored_bytes(path) == expected[1]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (Conv2D(3, (2, 5), (2, 1)), 5 * 6 * 3 * 2 * 5 * 4),
        (Conv2D(3, (3, 1), dilation=(2, 1), padding=Padding.VALID), 6 * 6 * 3 * 3 * 4),
        (DepthwiseConv2D((3, 3), multiplier=2), 10 * 6 * 8 * 9),
        (FullyConnected(7), 10 * 6 * 4 * 7),
        (AveragePool2D((2, 2), (2, 2)), 0),
        (Mean(), 0),
        (Softmax(), 0),
    ],
)
def test_macs_of_one_op_follow_from_its_loops(op, expected):
    builder = GraphBuilder((10, 6, 4))
    graph = builder.build(builder.add(op, 0))
    assert node_macs(graph, graph.nodes[0]) == expected


def test_constants_are_weights_biases_and_each_shape_once():
    builder = GraphBuilder((8, 2, 4))
    tensor = builder.add(Conv2D(4, (3, 1)), 0)  # 48 + 16
    tensor = builder.add(Add(), tensor, builder.add(Reshape((8, 2, 4)), tensor))  # 16
    tensor = builder.add(Reshape((8, 2, 4)), tensor)  # the same shape: the same buffer
    tensor = builder.add(Mean(), tensor)  # 8
    graph = builder.build(builder.add(FullyConnected(3), tensor))  # 12 + 12
    assert constant_bytes(graph) == 48 + 16 + 16 + 8 + 12 + 12
