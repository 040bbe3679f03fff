"""An op whose filters, units, kernel or stride are no count cannot be made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected

COUNT = st.integers(1, 4_096)
NO_COUNT = st.integers(-4_096, 0)
USUAL: dict[type[Any], dict[str, Any]] = {
    Conv2D: {"filters": 8, "kernel": (3, 1), "stride": (2, 1), "dilation": (1, 1)},
    DepthwiseConv2D: {"kernel": (3, 1), "stride": (1, 2), "dilation": (1, 1), "multiplier": 1},
    FullyConnected: {"units": 8},
}
COUNTS = [(make, name) for make, fields in USUAL.items() for name in fields]


def with_it(make: type[Any], name: str, value: int, axis: int) -> dict[str, Any]:
    """Return the fields of `make` with `value` as `name`, or on one axis of it."""
    usual = USUAL[make][name]
    found: Any = value
    if isinstance(usual, tuple):
        found = (value, usual[1]) if axis == 0 else (usual[0], value)
    return {**USUAL[make], name: found}


@pytest.mark.parametrize(("make", "name"), COUNTS)
@given(good=COUNT, bad=NO_COUNT, axis=st.sampled_from([0, 1]))
def test_what_counts_is_one_at_least(
    make: type[Any], name: str, good: int, bad: int, axis: int
) -> None:
    make(**with_it(make, name, good, axis))
    with pytest.raises(ValueError, match=f"^{make.__name__}: {name} .* is below 1$"):
        make(**with_it(make, name, bad, axis))
