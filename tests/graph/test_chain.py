from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from nas.graph.chain import place_chain


@st.composite
def chains(draw):
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=7))
    margins = [draw(st.integers(-3, after)) for after in sizes[1:]]
    return sizes, margins


def shortest(sizes, margins):
    """Try every side of every buffer: the next below by its margin, or above by the size."""
    lengths = []
    for sides in product((False, True), repeat=len(margins)):
        bounds = [
            (i + 1, i, sizes[i]) if above else (i, i + 1, margins[i])
            for i, above in enumerate(sides)
        ]
        lengths.append(_length(sizes, bounds))
    return min(lengths)


def _length(sizes, bounds):
    """Longest paths: every buffer as low as the bounds (high, low, distance) let it, from 0."""
    offsets = [0] * len(sizes)
    for _ in range(4 * len(sizes)):
        for high, low, distance in bounds:
            offsets[high] = max(offsets[high], offsets[low] + distance)
    return max(offset + size for offset, size in zip(offsets, sizes, strict=True))


@given(chains())
def test_no_choice_of_sides_gives_a_shorter_arena(chain):
    sizes, margins = chain
    length, offsets = place_chain(sizes, margins)
    assert length == shortest(sizes, margins)
    for i, distance in enumerate(margins):
        below = offsets[i] - offsets[i + 1] >= distance
        assert below or offsets[i + 1] - offsets[i] >= sizes[i]
    assert all(0 <= o <= length - size for o, size in zip(offsets, sizes, strict=True))


def test_equal_buffers_lie_on_a_diagonal():
    assert place_chain([10, 10, 10], [2, 1]) == (13, [3, 1, 0])


def test_a_diagonal_that_runs_out_of_room_starts_again_above():
    # 20, then 2 of 4 bytes: two steps of 3 need 26 bytes, a step and a place above 20 + 4.
    assert place_chain([20, 4, 4], [3, 3])[0] == 23
