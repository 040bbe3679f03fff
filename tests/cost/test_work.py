"""Closed forms of the loops against the loops, and the fit against another solver."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import nnls

from nas.cost.fit import fit
from nas.cost.work import WORK
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Padding,
    Softmax,
)
from tests.cost import loops

PAIRS = st.tuples(st.integers(1, 5), st.integers(1, 4))
SMALL = st.tuples(st.integers(1, 3), st.integers(1, 3))
SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 9), st.integers(1, 5))
PADDINGS = st.sampled_from(Padding)


def counted(op, source, target):
    work = WORK[type(op)]
    return dict(zip(work.names, work.count(op, source, target), strict=True))


def holds(op, source, written_out):
    try:
        target = op.output(source)
    except ValueError:
        assume(False)
    expected = written_out(op, source, target)
    closed = counted(op, source, target)
    assert set(expected) <= set(closed)
    assert closed == {name: expected[name] for name in closed}


@given(PAIRS, SMALL, SMALL, PADDINGS, st.integers(1, 9), SHAPES)
def test_convolution(kernel, stride, dilation, padding, filters, source):
    op = Conv2D(filters, kernel, stride, dilation, padding)
    holds(op, source, loops.convolution)


@given(PAIRS, SMALL, SMALL, PADDINGS, st.integers(1, 9), SHAPES)
def test_depthwise(kernel, stride, dilation, padding, multiplier, source):
    op = DepthwiseConv2D(kernel, stride, dilation, multiplier, padding)
    holds(op, source, loops.depthwise)


@given(PAIRS, SMALL, PADDINGS, SHAPES, st.sampled_from([AveragePool2D, MaxPool2D]))
def test_pooling(pool, stride, padding, source, kind):
    holds(kind(pool, stride, padding), source, loops.pooling)


def test_the_others():
    dense = counted(FullyConnected(11), (3, 2, 5), (11,))
    assert (dense["run_of_4"], dense["run_of_1"]) == (2, 3)
    assert (dense["word_of_4"], dense["element_of_4"], dense["element_of_1"]) == (14, 4, 90)
    assert counted(Mean(), (3, 2, 5), (5,)) == {"call": 1, "channel": 5, "element": 30}
    assert counted(Add(), (3, 2, 5), (3, 2, 5)) == {"call": 1, "element": 30}
    assert counted(Softmax(), (3, 5), (3, 5)) == {"call": 1, "row": 3, "element": 15}


def test_exact_counts_give_their_coefficients():
    counts = [(1, 2, 50), (1, 7, 11), (1, 1, 4), (1, 30, 9)]
    wanted = (40.0, 12.0, 6.5)
    found = fit(counts, [float(np.dot(row, wanted)) for row in counts])
    assert found.coefficients == pytest.approx(wanted)
    assert found.errors == pytest.approx([0.0] * 4, abs=1e-9)


def test_no_coefficient_is_negative():
    """Where least squares wants a negative one, SciPy's non-negative solver agrees."""
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 100, (30, 4)).astype(float)
    measured = counts @ np.array([20.0, 5.0, -0.4, 3.0])
    found = fit(counts.tolist(), measured.tolist())
    expected, _ = nnls(counts / measured[:, None], np.ones(30))
    assert min(found.coefficients) == 0.0
    assert found.coefficients == pytest.approx(expected.tolist(), abs=1e-9)
