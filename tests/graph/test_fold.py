"""What the generated C leaves out, and overlaps of the ops that move bytes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.graph.fold import folded_graph
from nas.graph.graph import FLOAT_BYTES, GraphBuilder
from nas.graph.ops import (
    Conv2D,
    DepthwiseConv2D,
    Dequantize,
    FullyConnected,
    Logistic,
    Mean,
    Pad,
    Padding,
    Pads,
    Quantize,
)
from nas.graph.pads import pad_runs
from nas.graph.planner import overlapped_plan
from tests.graph.memory import simulate
from tests.graph.test_overlap import check_exact, shapes

sides = st.integers(0, 3)
triples = st.tuples(sides, sides, sides)


@given(shapes, triples, triples)
def test_a_pad_is_safe_at_its_margin_and_not_one_byte_nearer(shape, before, after):
    check_exact(Pad(before, after), shape)


@given(shapes, st.sampled_from(((0,), (1,), (0, 1))), st.booleans())
def test_a_mean_over_any_axes_is_safe_in_place(shape, axes, keep):
    check_exact(Mean(axes, keep), shape)


def test_a_table_is_safe_in_place():
    check_exact(Logistic(), (3, 4, 5))


@settings(max_examples=200, deadline=None)
@given(
    st.booleans(), shapes, st.tuples(sides, sides), st.tuples(sides, sides),
    st.tuples(st.integers(1, 4), st.integers(1, 4)), st.integers(1, 3), st.integers(1, 2),
)  # fmt: skip
def test_explicit_padding_is_safe_at_its_margin(
    depthwise, shape, rows, columns, kernel, stride, step
):
    rows = tuple(min(side, (kernel[0] - 1) * step) for side in rows)
    columns = tuple(min(side, (kernel[1] - 1) * step) for side in columns)
    common = {"stride": (stride, stride), "dilation": (step, step)}
    common["padding"] = Pads(rows, columns)
    op = DepthwiseConv2D(kernel, **common) if depthwise else Conv2D(3, kernel, **common)
    try:
        op.output(shape)
    except ValueError:
        return
    check_exact(op, shape) if step == 1 else simulate(*planned(op, shape))


def planned(op, shape):
    builder = GraphBuilder(shape)
    graph = builder.build(builder.add(op, builder.input))
    return graph, overlapped_plan(graph, alignment=1)


def test_same_is_the_pads_that_tensorflow_takes():
    """SAME of 7 rows at stride 2 and kernel 3 pads one row on each side."""
    same = Conv2D(2, (3, 3), (2, 2))
    assert same.output((7, 7, 1)) == replace(same, padding=Pads((1, 1), (1, 1))).output((7, 7, 1))
    assert Conv2D(2, (3, 3), padding=Pads((2, 0), (0, 0))).output((7, 7, 1)) == (7, 5, 2)


def test_neighbouring_axes_join():
    pad = Pad((1, 2, 0), (0, 1, 0))
    assert pad_runs(pad, (3, 4, 5), pad.output((3, 4, 5))) == ((1, 3, 20), (0, 1, 10), (1, 4, 35))
    deep = Pad((0, 0, 2), (0, 0, 0))
    assert pad_runs(deep, (3, 4, 5), (3, 4, 7)) == ((1, 12, 5), (0, 0, 2), (1, 12, 7))


def network(*ops, shape=(6, 6, 2), floats=False):
    builder = GraphBuilder(shape, FLOAT_BYTES if floats else 1)
    tensor = builder.input
    for op in ops:
        tensor = builder.add(op, tensor)
    return builder.build(tensor)


PAD = Pad((1, 1, 0), (1, 1, 0))
VALID = Conv2D(2, (3, 3), padding=Padding.VALID)


def test_floats_at_the_ends_stay_outside():
    graph = network(Quantize(), FullyConnected(3), Dequantize(), floats=True)
    assert graph.tensors[graph.input].size_bytes == 4 * 72
    assert graph.tensors[graph.output].size_bytes == 4 * 3
    inner = folded_graph(graph)
    assert [type(node.op) for node in inner.nodes] == [FullyConnected]
    assert inner.tensors[inner.input].size_bytes == 72
    assert inner.tensors[inner.output].size_bytes == 3
    assert inner.nodes[0].name == graph.nodes[1].name


def test_a_pad_goes_into_a_valid_convolution():
    graph = folded_graph(network(PAD, VALID))
    assert [node.op for node in graph.nodes] == [replace(VALID, padding=Pads((1, 1), (1, 1)))]
    assert len(graph.tensors) == 2


@pytest.mark.parametrize(
    "ops",
    [
        (PAD, replace(VALID, padding=Padding.SAME)),
        (Pad((3, 0, 0), (0, 0, 0)), VALID),  # a window could lie in the padding alone
        (Pad((1, 1, 1), (1, 1, 0)), VALID),  # channels are padded
        (PAD, Logistic()),
        (VALID, PAD),  # the graph's output
    ],
)
def test_a_pad_that_nothing_takes_over_stays(ops):
    graph = network(*ops)
    assert folded_graph(graph) == graph
