"""The kernels' fixed-point arithmetic against whole numbers, at edges and at random."""

import ctypes
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.config import resource_dir
from tests.tools import require

SOURCE = """
#include "fixed_point.h"
int32_t twice(int32_t x, int32_t m, int32_t shift) { return nas_requantize(x, m, shift); }
int32_t fast(int32_t x, int32_t m, int32_t shift)
{
    return ((nas_high_part(x, m) >> (-2 - shift)) + 1) >> 1;
}
int32_t once(int32_t x, int32_t m, int32_t shift) { return nas_requantize_once(x, m, shift); }
int32_t half(int32_t x, int32_t m) { return nas_high_half(x, m); }
"""
LARGEST = 2**31 - 1
EDGES = st.sampled_from([-(2**31), -LARGEST, -(2**30), -1, 0, 1, 2**16, 2**30, LARGEST])
NUMBERS = EDGES | st.integers(-(2**31), LARGEST) | st.integers(-100_000, 100_000)
MULTIPLIERS = st.sampled_from([0, 2**30, LARGEST]) | st.integers(2**30, LARGEST)
MANY = settings(max_examples=1_000, deadline=None)


@pytest.fixture(scope="module", params=["", "-DNAS_ARMV6M=1"], ids=["64 bits", "Armv6-M"])
def library(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fixed")
    (folder / "fixed.c").write_text(SOURCE)
    places = [f"-I{resource_dir('firmware') / place}" for place in ("kernels", "include")]
    trap = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]
    flags = ["-std=c99", "-O1", "-shared", "-fPIC", *trap, *request.param.split()]
    command = [require("cc", package="gcc"), *flags, *places, str(folder / "fixed.c")]
    subprocess.run([*command, "-o", str(folder / "fixed.so")], check=True)
    return ctypes.CDLL(str(folder / "fixed.so"))


def high_mul(x: int, multiplier: int) -> int:
    """Halves upward."""
    return (x * multiplier + 2**30) >> 31


def divided(x: int, exponent: int) -> int:
    """Halves away from zero."""
    size = (2 * abs(x) + 2**exponent) >> (exponent + 1)
    return size if x >= 0 else -size


@MANY
@given(x=NUMBERS, multiplier=MULTIPLIERS, shift=st.integers(-31, 0))
def test_two_roundings(library, x, multiplier, shift):
    expected = divided(high_mul(x, multiplier), -shift)
    assert library.twice(x, multiplier, shift) == expected
    if shift <= -2:
        assert library.fast(x, multiplier, shift) == expected


@MANY
@given(x=NUMBERS, multiplier=MULTIPLIERS, shift=st.integers(-31, 0))
def test_one_rounding(library, x, multiplier, shift):
    assert library.once(x, multiplier, shift) == divided(x * multiplier, 31 - shift)


@MANY
@given(x=st.integers(-(2**30) + 1, 2**30 - 1), multiplier=MULTIPLIERS)
def test_the_high_half(library, x, multiplier):
    assert library.half(2 * x, multiplier) == high_mul(x, multiplier)
