from itertools import combinations

import pytest
from hypothesis import given

from nas.graph.graph import GraphBuilder
from nas.graph.lifetimes import lifetimes, storage
from nas.graph.ops import Conv2D, FullyConnected, Reshape, Softmax
from nas.graph.planner import ALIGNMENT, peak_activation_bytes, plan
from nas.tflite import read
from tests.graph.graphs import graphs
from tests.shared import reference_model

# Planned part of TFLM's arena and peak activation bytes, both measured with TFLM (FACTS).
PUBLISHED = {"kws": 16_000, "ad": 768, "ic_resnet": 49_152, "person_detect": 55_296}


@pytest.mark.parametrize(("name", "expected"), PUBLISHED.items())
def test_reference_models_plan_as_tflm_plans_them(name, expected):
    graph = read(reference_model(name)).graph
    assert plan(graph).arena_bytes == expected
    assert peak_activation_bytes(graph) == expected


@given(graphs())
def test_tensors_alive_at_once_do_not_share_bytes(graph):
    placed, spans, owner = plan(graph).offsets, lifetimes(graph), storage(graph)
    for a, b in combinations(range(len(graph.tensors)), 2):
        if owner[a] == owner[b]:
            assert placed[a] == placed[b]
        elif spans[a].overlaps(spans[b]):
            ends = [placed[t] + graph.tensors[t].size_bytes for t in (a, b)]
            assert ends[0] <= placed[b] or ends[1] <= placed[a]


@given(graphs())
def test_arena_lies_between_the_peak_and_the_sum(graph):
    result = plan(graph)
    owners = set(storage(graph))
    every = sum(-(-graph.tensors[t].size_bytes // ALIGNMENT) * ALIGNMENT for t in owners)
    assert peak_activation_bytes(graph) <= result.arena_bytes <= every


@given(graphs())
def test_tensors_are_aligned_and_inside_the_arena(graph):
    result = plan(graph)
    for offset, tensor in zip(result.offsets, graph.tensors, strict=True):
        assert offset >= 0
        assert offset % ALIGNMENT == 0
        assert offset + tensor.size_bytes <= result.arena_bytes


@given(graphs())
def test_peak_is_the_most_bytes_alive_at_a_node(graph):
    spans, owner = lifetimes(graph), storage(graph)
    alive = [
        {owner[t] for t, span in enumerate(spans) if span.first_use <= time <= span.last_use}
        for time in range(len(graph.nodes))
    ]
    # A Reshape's input is read again only under its alias, with no node between the two.
    expected = max(sum(graph.tensors[t].size_bytes for t in tensors) for tensors in alive)
    assert peak_activation_bytes(graph) == expected


def test_the_largest_is_placed_first_and_the_gap_below_is_reused():
    builder = GraphBuilder((100,))
    first = builder.add(FullyConnected(64), 0)
    second = builder.add(FullyConnected(200), first)
    third = builder.add(FullyConnected(32), second)
    graph = builder.build(third)
    # 200 -> 208 first at 0; 100 -> 112 does not meet it in time: 0; 64 meets both: 208;
    # 32 meets 208 bytes only: 208.
    assert plan(graph).offsets == (0, 208, 0, 208)
    assert plan(graph).arena_bytes == 272


def test_a_reshape_costs_nothing():
    builder = GraphBuilder((8, 2, 4))
    conv = builder.add(Conv2D(4, (1, 1)), 0)
    flat = builder.add(Reshape((64,)), conv)
    graph = builder.build(builder.add(Softmax(), flat))
    assert plan(graph).offsets[conv] == plan(graph).offsets[flat]
    assert plan(graph).arena_bytes == 128


def test_a_graph_without_nodes_is_its_input():
    graph = GraphBuilder((10,)).build(0)
    assert plan(graph).arena_bytes == 16
    assert peak_activation_bytes(graph) == 10
