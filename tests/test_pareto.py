import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nas.pareto import dominates, front

POINTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=1)


def test_front_of_a_known_staircase():
    points = [(1, 4), (2, 2), (4, 1), (3, 3), (2, 2)]
    assert front(points).tolist() == [True, True, True, False, True]


@given(POINTS)
def test_front_is_what_pairwise_dominance_leaves(points):
    expected = [not any(dominates(other, point) for other in points) for point in points]
    assert np.array_equal(front(points), expected)
