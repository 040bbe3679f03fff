import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.graph.graph import GraphBuilder
from nas.graph.ops import (
    Add,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Padding,
    Softmax,
)
from nas.graph.overlap import margin
from nas.graph.planner import Plan
from tests.graph.graphs import windowed
from tests.graph.memory import OverwrittenError, simulate


def at_distance(op, shape, distance):
    """Run one op whose input lies `distance` bytes behind its output."""
    builder = GraphBuilder(shape)
    graph = builder.build(builder.add(op, builder.input))
    offsets = max(distance, 0), max(-distance, 0)
    ends = [o + t.size_bytes for o, t in zip(offsets, graph.tensors, strict=True)]
    simulate(graph, Plan((0,), offsets, max(ends)))


def check_exact(op, shape):
    least = margin(op, shape, op.output(shape))
    at_distance(op, shape, least)
    if least > 0:  # else the output starts at the input's first byte or behind: nothing is gained
        with pytest.raises(OverwrittenError):
            at_distance(op, shape, least - 1)


shapes = st.tuples(st.integers(1, 9), st.integers(1, 6), st.integers(1, 5))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_windowed_ops_are_safe_at_the_margin_and_not_one_byte_nearer(data):
    shape = data.draw(shapes)
    check_exact(data.draw(windowed(shape)), shape)


@given(shapes)
def test_a_mean_is_safe_in_place(shape):
    check_exact(Mean(), shape)


@pytest.mark.parametrize(
    ("op", "shape", "expected"),
    [
        # pointwise, as many channels: the rest of the pixel being computed
        (Conv2D(64, (1, 1)), (25, 5, 64), 63),
        # pointwise, twice the channels: 8 more a pixel over 48 x 48 pixels, up to the last byte
        (Conv2D(16, (1, 1)), (48, 48, 8), 2_303 * 8 + 15),
        # 3 x 3: a row and a pixel of padding
        (DepthwiseConv2D((3, 3)), (25, 5, 64), (5 + 1) * 64),
        (Conv2D(16, (3, 3)), (32, 32, 16), (32 + 1) * 16 + 15),
        (DepthwiseConv2D((9, 1)), (49, 1, 40), 4 * 40),
        # a stride reads faster than it writes
        (MaxPool2D((2, 2), (2, 2)), (8, 8, 4), 0),
        (Conv2D(8, (3, 3), padding=Padding.VALID), (8, 8, 8), 7),
        (Softmax(), (12,), 0),
        (Add(), (3, 3, 3), 0),
        (FullyConnected(12), (64,), 12),
    ],
)
def test_margins_by_hand(op, shape, expected):
    target = shape if isinstance(op, Add) else op.output(shape)
    assert margin(op, shape, target) == expected


class Unknown:
    """An op that nobody has told the planner about."""


def test_an_unknown_op_gets_no_overlap():
    assert margin(Unknown(), (4, 4, 2), (3, 3, 5)) == 45
