from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.graph import planner
from nas.graph.graph import GraphBuilder
from nas.graph.lifetimes import lifetimes, storage
from nas.graph.ops import Add, Conv2D, FullyConnected, Reshape, Softmax
from nas.graph.planner import (
    ALIGNMENT,
    Plan,
    greedy_plan,
    live_bytes,
    occupied_bytes,
    overlapped_bytes,
    overlapped_plan,
    peak_activation_bytes,
    unplanned_bytes,
)
from nas.tflite import read
from tests.graph.graphs import branching, graphs
from tests.graph.memory import OverwrittenError, simulate
from tests.shared import reference_model

# Planned part of TFLM's arena and peak activation bytes, both measured with TFLM (FACTS).
PUBLISHED = {"kws": 16_000, "ad": 768, "ic_resnet": 49_152, "person_detect": 55_296}


@pytest.mark.parametrize(("name", "expected"), PUBLISHED.items())
def test_reference_models_plan_as_tflm_plans_them(name, expected):
    graph = read(reference_model(name)).graph
    assert greedy_plan(graph).arena_bytes == expected
    assert peak_activation_bytes(graph) == expected


# Closed forms: kws is eight steps of a diagonal, (5 + 1) x 64 before each depthwise and 64 before
# each pointwise, beside 8,000 bytes; ad's fully connected ops do not overlap; ic_resnet's 3 x 3
# over 32 x 32 x 16 needs a row, a pixel and its channels, and the skip beside them; the pointwise
# of person_detect from 8 to 16 channels ends 18,439 bytes ahead of its 18,432 bytes of input.
OVERLAPPED = {
    "kws": 8_000 + 4 * (384 + 64),
    "ad": 768,
    "ic_resnet": 2 * 16_384 + 544,
    "person_detect": 18_432 + 18_448,
}


@pytest.mark.parametrize(("name", "expected"), OVERLAPPED.items())
def test_reference_models_with_overlap(name, expected):
    graph = read(reference_model(name)).graph
    assert overlapped_plan(graph).arena_bytes == expected


@settings(deadline=None, max_examples=150)
@given(st.one_of(graphs(), branching()), st.sampled_from([1, 16]))
def test_no_byte_is_overwritten_before_its_last_reader(graph, alignment):
    simulate(graph, overlapped_plan(graph, alignment=alignment))


@settings(deadline=None, max_examples=30)
@given(branching())
def test_tflms_plan_overwrites_nothing_either(graph):
    simulate(graph, greedy_plan(graph))


@given(st.one_of(graphs(), branching()))
def test_overlap_never_costs(graph):
    assert overlapped_plan(graph).arena_bytes <= greedy_plan(graph).arena_bytes


@given(graphs())
def test_the_length_alone_is_that_of_the_plan(graph):
    assert overlapped_bytes(graph) == overlapped_plan(graph).arena_bytes


def test_a_placement_longer_than_the_greedy_one_is_not_taken(monkeypatch):
    builder = GraphBuilder((8, 8, 4))
    first = builder.add(Conv2D(8, (3, 3)), 0)
    second = builder.add(Conv2D(8, (3, 3)), first)
    graph = builder.build(builder.add(Add(), first, second))
    far = 1 << 20
    monkeypatch.setattr(
        planner, "place_best", lambda orders, sizes, *_, **__: (far, dict.fromkeys(sizes, 0))
    )
    plan = overlapped_plan(graph)
    assert plan.arena_bytes == greedy_plan(graph).arena_bytes
    simulate(graph, plan)


def test_the_simulator_sees_an_overwritten_byte():
    builder = GraphBuilder((4, 4, 2))
    graph = builder.build(builder.add(Conv2D(2, (1, 1)), builder.input))
    with pytest.raises(OverwrittenError):
        simulate(graph, Plan((0,), (0, 0), 32))


def test_what_is_read_again_is_not_overwritten():
    builder = GraphBuilder((8, 8, 4))
    conv = builder.add(Conv2D(4, (1, 1)), builder.input)
    graph = builder.build(builder.add(Add(), builder.input, conv))
    result = overlapped_plan(graph)
    assert result.arena_bytes == 512  # input and conv side by side; the sum in place of either
    assert result.offsets[2] in result.offsets[:2]


def test_a_sum_with_itself_is_in_place():
    builder = GraphBuilder((8, 8, 4))
    graph = builder.build(builder.add(Add(), builder.input, builder.input))
    assert overlapped_plan(graph) == Plan((0,), (0, 0), 256)


def test_an_early_output_survives():
    builder = GraphBuilder((64,))
    early = builder.add(Softmax(), builder.input)
    builder.add(Softmax(), early)
    graph = builder.build(early)
    simulate(graph, overlapped_plan(graph))
    assert overlapped_plan(graph).arena_bytes == 128


@given(st.one_of(graphs(), branching()))
def test_bytes_occupied(graph):
    greedy, overlapped = greedy_plan(graph), overlapped_plan(graph)
    copied = any(isinstance(node.op, Reshape) for node in graph.nodes)
    if not copied:
        assert occupied_bytes(graph, greedy) == live_bytes(graph)
    assert max(occupied_bytes(graph, greedy)) <= greedy.arena_bytes
    assert max(occupied_bytes(graph, overlapped)) <= overlapped.arena_bytes
    shared = zip(
        occupied_bytes(graph, overlapped), live_bytes(graph, overlapped.order), strict=True
    )
    assert all(occupied <= live for occupied, live in shared)


@given(graphs())
def test_tensors_alive_at_once_do_not_share_bytes(graph):
    placed, spans = greedy_plan(graph).offsets, lifetimes(graph)
    for a, b in combinations(range(len(graph.tensors)), 2):
        if spans[a].overlaps(spans[b]):
            ends = [placed[t] + graph.tensors[t].size_bytes for t in (a, b)]
            assert ends[0] <= placed[b] or ends[1] <= placed[a]


@given(graphs())
def test_arena_lies_between_the_peak_and_the_sum(graph):
    result = greedy_plan(graph)
    every = sum(-(-t.size_bytes // ALIGNMENT) * ALIGNMENT for t in graph.tensors)
    assert unplanned_bytes(graph) == every
    assert peak_activation_bytes(graph) <= result.arena_bytes <= every


@pytest.mark.parametrize("planner", [greedy_plan, overlapped_plan])
@given(st.one_of(graphs(), branching()))
def test_tensors_are_aligned_and_inside_the_arena(planner, graph):
    result = planner(graph)
    assert result.arena_bytes % ALIGNMENT == 0
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
    assert greedy_plan(graph).offsets == (0, 208, 0, 208)
    assert greedy_plan(graph).arena_bytes == 272


def test_a_reshape_costs_nothing_in_c_and_a_copy_in_tflm():
    builder = GraphBuilder((8, 2, 4))
    conv = builder.add(Conv2D(4, (1, 1)), 0)
    flat = builder.add(Reshape((64,)), conv)
    graph = builder.build(builder.add(Softmax(), flat))
    plan = overlapped_plan(graph)
    assert plan.offsets[conv] == plan.offsets[flat]
    assert greedy_plan(graph).offsets[conv] != greedy_plan(graph).offsets[flat]
    assert greedy_plan(graph).arena_bytes == 128


def test_of_two_equal_buffers_tflm_places_the_later_first():
    """Three of 16 bytes, all alive at the addition: the last at 0, then upwards."""
    builder = GraphBuilder((2, 2, 4))
    conv = builder.add(Conv2D(4, (1, 1)), builder.input)
    graph = builder.build(builder.add(Add(), builder.input, conv))
    assert greedy_plan(graph).offsets == (32, 16, 0)


def test_a_graph_without_nodes_is_its_input():
    graph = GraphBuilder((10,)).build(0)
    assert greedy_plan(graph).arena_bytes == 16
    assert overlapped_plan(graph) == Plan((), (0,), 16)
    assert live_bytes(graph) == ()
    assert peak_activation_bytes(graph) == 10
