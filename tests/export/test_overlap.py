"""Whole networks whose outputs overlap their inputs: the bytes of LiteRT, and of no overlap."""

from itertools import accumulate, takewhile

import numpy as np
import pytest

from nas.export.run import Int8Model
from nas.graph.graph import Graph, GraphBuilder
from nas.graph.lifetimes import storage
from nas.graph.ops import Add, Conv2D, DepthwiseConv2D, MaxPool2D, Mean, Reshape
from nas.graph.planner import Plan, overlapped_plan
from nas.tflite import read
from tests.export.compiled import build, random_inputs, run
from tests.export.random_network import content
from tests.random_candidates import networks
from tests.shared import reference_model


def apart(graph):
    """Every tensor in its own bytes."""
    owner = storage(graph)
    buffers = sorted(set(owner))
    ends = list(accumulate(-(-graph.tensors[b].size_bytes // 16) * 16 for b in buffers))
    places = dict(zip(buffers, [0, *ends], strict=False))
    order = tuple(range(len(graph.nodes)))
    return Plan(order, tuple(places[b] for b in owner), ends[-1])


def trunk(graph):
    """The graph up to its head: outputs that vary much more with the input."""
    nodes = list(takewhile(lambda node: not isinstance(node.op, Mean | Reshape), graph.nodes))
    return Graph(graph.tensors[: len(nodes) + 1], tuple(nodes), graph.input, nodes[-1].output)


def check(file, folder, count):
    model = Int8Model(file)
    inputs = random_inputs(model.input_shape, count, seed=9)
    outputs = run(build(file, folder, "-O2"), inputs)
    np.testing.assert_array_equal(outputs, run(build(file, folder, "-O2", planner=apart), inputs))
    np.testing.assert_array_equal(outputs, model.predict(inputs))
    return outputs


@pytest.mark.parametrize("family", ["conv1d", "ds_cnn", "separable_conv2d"])
def test_random_networks_of_each_family(family, tmp_path):
    for seed, (_, graph) in enumerate(networks(family, 3, first_seed=500, max_macs=400_000)):
        outputs = check(content(trunk(graph), seed), tmp_path, 20)
        assert len(np.unique(outputs, axis=0)) > 15
        check(content(graph, seed), tmp_path, 20)


def branches():
    """A residual block whose skip is a convolution, listed so that another order is better."""
    builder = GraphBuilder((12, 10, 3))
    skip = builder.add(Conv2D(24, (3, 3)), builder.input)
    main = builder.add(Conv2D(24, (3, 3)), builder.input)
    skip = builder.add(Conv2D(4, (1, 1)), skip)
    main = builder.add(DepthwiseConv2D((5, 3)), main)
    main = builder.add(Conv2D(4, (1, 1)), main)
    total = builder.add(Add(), main, skip)
    doubled = builder.add(Add(), total, total)
    return builder.build(builder.add(MaxPool2D((2, 2), (2, 2)), doubled))


def test_branches_run_in_the_planned_order(tmp_path):
    file = content(branches(), 3)
    assert len(np.unique(check(file, tmp_path, 30), axis=0)) > 15
    graph = read(file).graph
    assert overlapped_plan(graph).order != tuple(range(len(graph.nodes)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kws", "ad", "ic_resnet"])
def test_reference_models(name, tmp_path):
    check(reference_model(name).read_bytes(), tmp_path, 8)
