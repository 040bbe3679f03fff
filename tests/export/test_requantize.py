"""Scales to integers: against closed forms and exact rational arithmetic."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.export.requantize import (
    Scale,
    activation_range,
    add_scales,
    channel_scales,
    mean_scale,
    quantize_multiplier,
    softmax_scale,
)
from nas.graph.ops import Activation
from nas.graph.quantized import Quantization


def value(scale: Scale) -> Fraction:
    return Fraction(scale.multiplier) * Fraction(2) ** (scale.shift - 31)


@pytest.mark.parametrize(
    ("real", "multiplier", "shift"),
    [
        (0.0, 0, 0),
        (1.0, 1 << 30, 1),
        (0.5, 1 << 30, 0),
        (0.75, 3 << 29, 0),
        (3.0, 3 << 29, 2),
        (2.0**-32, 1 << 30, -31),
        (2.0**-33, 0, 0),
        (1.0 - 2.0**-40, 1 << 30, 1),
    ],
)
def test_quantize_multiplier_by_hand(real, multiplier, shift):
    assert quantize_multiplier(real) == Scale(multiplier, shift)


@given(st.floats(2.0**-31, 2.0**29))
def test_quantize_multiplier_is_nearest_in_31_bits(real):
    scale = quantize_multiplier(real)
    assert 1 << 30 <= scale.multiplier < 1 << 31
    assert abs(value(scale) - Fraction(real)) <= Fraction(2) ** (scale.shift - 32)


@pytest.mark.parametrize("real", [-1.0, 2.0**30, math.inf, math.nan])
def test_quantize_multiplier_refuses(real):
    with pytest.raises(ValueError, match="below 2"):
        quantize_multiplier(real)


def test_channel_scales_divide_by_the_output():
    weights = np.array([0.5, 0.25], np.float32)
    scales = channel_scales(Quantization(0.5, 3), weights, Quantization(0.25, -7))
    assert [value(scale) for scale in scales] == [1, Fraction(1, 2)]


@pytest.mark.parametrize(
    ("activation", "scale", "zero_point", "expected"),
    [
        (Activation.NONE, 0.1, 5, (-128, 127)),
        (Activation.RELU, 0.1, -128, (-128, 127)),
        (Activation.RELU, 0.1, 5, (5, 127)),
        (Activation.RELU6, 6 / 255, -128, (-128, 127)),
        (Activation.RELU6, 0.0625, -100, (-100, -4)),
        (Activation.RELU6, 4.0, 0, (0, 2)),
    ],
)
def test_activation_range_by_hand(activation, scale, zero_point, expected):
    assert activation_range(activation, Quantization(scale, zero_point)) == expected


@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_add_scales_multiply_to_input_over_output(first, second, output):
    one, two, out = add_scales([Quantization(first, 0), Quantization(second, 0)],
                               Quantization(output, 0))  # fmt: skip
    for source, scale in ((first, one), (second, two)):
        product = float(value(scale) * value(out) * (1 << 20))
        assert product == pytest.approx(float(np.float32(source)) / float(np.float32(output)))


@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.integers(1, 100_000))
def test_mean_scale_is_a_share_of_the_ratio(source, target, elements):
    scale = mean_scale(Quantization(source, 0), Quantization(target, 0), elements)
    ratio = float(np.float32(source)) / float(np.float32(target))
    assert float(value(scale)) * elements == pytest.approx(ratio, rel=1e-8)


def test_softmax_scale_by_hand():
    """Scale 1/16: 2^22 in Q5.26 is 2^30 x 2^(23 - 31), and 31 of the 32 units are kept."""
    scale = softmax_scale(Quantization(1 / 16, 0), 1.0)
    assert scale.scale == Scale(1 << 30, 23)
    assert scale.diff_min == -31 * (1 << 26) // (1 << 23)


def test_softmax_scale_saturates_and_refuses():
    assert softmax_scale(Quantization(64.0, 0), 1.0).scale == Scale((1 << 31) - 1, 31)
    with pytest.raises(ValueError, match="too small"):
        softmax_scale(Quantization(2.0**-27, 0), 1.0)
