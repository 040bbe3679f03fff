"""What a candidate file may say of its network: the rule, for each key of each family."""

from collections.abc import Mapping
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.space import MinimumChoices, Value, load_space
from nas.space.domain import Range
from nas.space.families import FAMILIES, Family
from nas.space.families._parts import pair
from nas.space.network_file import fault_of

COUNT, COUNT_OR_NONE, TRUTH, SIZE = "count", "count or 0", "truth", "size"
Kind = str | tuple[str, ...]
HEAD: dict[str, Kind] = {"head": ("gap", "flatten"), "dense_units": COUNT_OR_NONE}
IN_2D: dict[str, Kind] = {"stem_width": COUNT, "stem_kernel": SIZE, "stem_stride": SIZE, **HEAD}
KEYS: dict[str, dict[str, Kind]] = {
    "ds_cnn": {
        **IN_2D,
        **{"blocks": COUNT, "width_1": COUNT, "kernel_1": SIZE, "stride_1": SIZE},
        "residual": TRUTH,
    },
    "separable_conv2d": {
        **IN_2D,
        **{"stages": COUNT, "width_1": COUNT, "kernel_1": SIZE, "pool_1": SIZE},
        "pool_kind": ("max", "average"),
    },
    "conv1d": {
        **{"stem_width": COUNT, "stem_kernel": COUNT, "stem_stride": COUNT, "stages": COUNT},
        **{"width_1": COUNT, "kernel_1": COUNT, "stride_1": COUNT},
        **{"separable_1": TRUTH, "residual": TRUTH},
        **HEAD,
    },
}
"""The keys of a network of one stage, by hand, and what each can be."""
BEYOND: dict[Kind, Value] = {COUNT: 300, COUNT_OR_NONE: 1_001, SIZE: "9x2"}
CASES = [(family, key, kind) for family, keys in KEYS.items() for key, kind in keys.items()]

WHOLE = st.integers(-9_000, 9_000)
SIDES = st.integers(1, 12) | WHOLE
SIZES = st.builds("{}x{}".format, SIDES, SIDES) | st.from_regex(r"[0-9x]{1,6}", fullmatch=True)
FOREIGN = st.sampled_from(
    ["\uff13x3", "3x\u0663", "\u00b2x3", "3\u00d73", "3x3 ", " 3x3", "3x3\n"]
)
WORDS = st.sampled_from(["gap", "flatten", "max", "average", "yes", "maybe", "Gap"])
LISTS = st.lists(WHOLE, max_size=2)
ANYTHING = WHOLE | st.booleans() | st.floats() | SIZES | FOREIGN | WORDS | st.none() | LISTS


def may_be(kind: Kind, value: object) -> bool:
    """Tell whether a choice of this kind can have that value: the rule in words of its own."""
    if isinstance(kind, tuple):
        return type(value) is str and value in kind
    if kind == TRUTH:
        return value is True or value is False
    if kind == SIZE:
        return type(value) is str and is_size(value)
    return type(value) is int and (0 if kind == COUNT_OR_NONE else 1) <= value <= 4_096


def is_size(text: str, most: float = 4_096) -> bool:
    """Tell whether `text` is what ``f"{height}x{width}"`` writes, of 1 to `most` each."""
    sides = text.split("x")
    return (
        len(sides) == 2
        and all(side and set(side) <= set("0123456789") for side in sides)
        and all(str(int(side)) == side and 1 <= int(side) <= most for side in sides)
    )


def network_of(family: str) -> dict[str, Value]:
    """Return the least network of one stage that has all keys of `KEYS`."""
    fixed: Mapping[str, Value] = {"family": family, f"{family}.pool_1": "2x1"}
    choices = MinimumChoices(fixed)
    candidate = load_space(family).suggest(choices, sample_rate_hz=16_000, clip_ms=(1_000,))
    network = dict(candidate.network)
    assert set(network) == set(KEYS[family])
    return network


NETWORKS = {family: network_of(family) for family in KEYS}


def test_the_rule_is_written_for_every_family() -> None:
    assert set(KEYS) == set(FAMILIES)


@pytest.mark.parametrize(("family", "key", "kind"), CASES)
@given(value=ANYTHING)
def test_each_key_takes_what_its_kind_can_be(
    family: str, key: str, kind: Kind, value: object
) -> None:
    fault = fault_of(FAMILIES[family], {**NETWORKS[family], key: value})
    assert (fault is None) is may_be(kind, value)
    assert fault is None or fault[0] == key


@pytest.mark.parametrize(("family", "key", "kind"), [case for case in CASES if case[2] in BEYOND])
def test_the_usual_range_is_no_bound(family: str, key: str, kind: Kind) -> None:
    assert fault_of(FAMILIES[family], {**NETWORKS[family], key: BEYOND[kind]}) is None


@pytest.mark.parametrize(
    ("family", "key", "words"),
    [
        ("ds_cnn", "widht_2", "is no choice of ds_cnn, did you mean `width_2`?; remove it"),
        ("ds_cnn", "stem_widht", "did you mean `stem_width`?"),
        ("ds_cnn", "kernel_02", "is no choice of ds_cnn"),
        ("ds_cnn", "kernel_x", "is no choice of ds_cnn"),
        ("ds_cnn", "pool_kind", "is no choice of ds_cnn"),
        ("conv1d", "", "is no choice of conv1d; remove it"),
    ],
)
def test_an_unknown_key_is_named_before_what_it_explains(
    family: str, key: str, words: str
) -> None:
    fault = fault_of(FAMILIES[family], {"stem_width": -1, key: 8})
    assert fault is not None
    assert fault[0] == key
    assert words in fault[1]


def test_a_new_family_needs_no_list_of_its_own() -> None:
    family = Family(
        name="toy",
        source="here",
        domains={"depth": Range(low=1, high=3), "slope": [0.0, 0.5], "gate": [False, True]},
        suggest=lambda pick: {"depth": pick("depth"), "half_1": int(pick("depth")) * 4},
        build=lambda *_: None,  # type: ignore[arg-type,return-value]
    )
    good: dict[str, object] = {"depth": 9, "slope_2": 0.25, "gate": True, "half_7": 10}
    assert fault_of(family, good) is None
    bad = {"depth": 0, "slope_2": -0.1, "gate": 1, "half_7": 2.5, "half": "4", "slop": 0.5}
    for key, value in bad.items():
        assert (fault_of(family, {**good, key: value}) or ("",))[0] == key
    assert fault_of(family, {**good, "slope_2": float("nan")}) is not None


@given(text=SIZES | FOREIGN | st.text(max_size=5))
def test_a_pair_is_a_size_in_ascii_digits(text: str) -> None:
    height, _, width = text.partition("x")
    if is_size(text, inf):
        assert pair(text) == (int(height), int(width))
    else:
        with pytest.raises(ValueError, match="is not a size such as 10x4"):
            pair(text)
