"""Real scales turned into the integers of the kernels, with TensorFlow Lite's own rounding.

Scales that would leave the ranges of ``nas/types.h`` and ``nas/kernels.h`` are a ValueError.

Source: TensorFlow Lite 8-bit quantization specification, and the set-up of its reference kernels.
Scales are float32 in the file and multiplied as double.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nas.graph.ops import Activation
from nas.graph.quantized import Quantization

__all__ = [
    "Scale",
    "SoftmaxScale",
    "activation_range",
    "add_scales",
    "channel_scales",
    "check_averaged",
    "check_rescaled",
    "mean_scale",
    "quantize_multiplier",
    "softmax_scale",
]

ADD_LEFT_SHIFT = 20
SOFTMAX_INTEGER_BITS = 5
LARGEST_RESCALED = (1 << 31) - 1 - 128
"""A zero point is added to it in 32 bits."""
AVERAGED = 1 << 23
"""So many elements or more can sum up to 2^31."""
BOUNDS: Mapping[Activation, tuple[float, float | None]] = {
    Activation.RELU: (0.0, None),
    Activation.RELU6: (0.0, 6.0),
    Activation.RELU_N1_TO_1: (-1.0, 1.0),
}


@dataclass(frozen=True)
class Scale:
    """``multiplier * 2^(shift - 31)``; multiplier is 0 or in [2^30, 2^31), shift in [-31, 30]."""

    multiplier: int
    shift: int


@dataclass(frozen=True)
class SoftmaxScale:
    """What brings input differences to Q5.26, and the least difference that counts."""

    scale: Scale
    diff_min: int


def quantize_multiplier(real: float) -> Scale:
    """Return the nearest Scale to `real` (at least 0); below 2^-32 it is 0.

    Raises:
        ValueError: `real` is negative, not finite, or 2^30 or more.
    """
    if not 0.0 <= real < 2.0**30:
        raise ValueError(f"scale {real}: must be at least 0 and below 2^30")
    if real == 0.0:
        return Scale(0, 0)
    fraction, shift = math.frexp(real)
    multiplier = _round_half_away(fraction * 2.0**31)
    if multiplier == 1 << 31:
        multiplier, shift = multiplier // 2, shift + 1
    return Scale(0, 0) if shift < -31 else Scale(multiplier, shift)


def channel_scales(
    source: Quantization, weights: NDArray[np.float32], target: Quantization
) -> list[Scale]:
    """Return one Scale an output channel of an op with weights: source x weight / target."""
    inner, outer = _double(source.scale), _double(target.scale)
    return [quantize_multiplier(inner * float(weight) / outer) for weight in weights]


def check_rescaled(largest: int, scale: Scale, *, once: bool = False) -> None:
    """Check that a number of size `largest` at most stays in 32 bits when it is scaled.

    Kernels shift to the left before they multiply; what rounds `once` (fully connected) has 64
    bits until it is rounded.

    Raises:
        ValueError: it does not.
    """
    wide = (largest * scale.multiplier) >> (31 - scale.shift)
    if (wide if once else largest << max(scale.shift, 0)) > LARGEST_RESCALED:
        raise ValueError(
            f"sums up to {largest}, scaled by {scale.multiplier * 2.0 ** (scale.shift - 31):.3g} "
            f"to the output, can pass 32 bits; its output scale is too small"
        )


def activation_range(activation: Activation, target: Quantization) -> tuple[int, int]:
    """Return the int8 bounds that `activation` leaves to the output."""
    low, high = -128, 127
    if activation is not Activation.NONE:
        least, most = BOUNDS[activation]
        low = max(low, _quantized(least, target))
        high = high if most is None else min(high, _quantized(most, target))
    return low, high


def add_scales(sources: Sequence[Quantization], target: Quantization) -> tuple[Scale, ...]:
    """Return the Scales of the first input, the second input and the output of an Add."""
    first, second = (_double(source.scale) for source in sources)
    common = 2.0 * max(first, second)
    output = common / ((1 << ADD_LEFT_SHIFT) * _double(target.scale))
    scales = tuple(quantize_multiplier(real) for real in (first / common, second / common, output))
    if scales[-1].shift > 0:
        raise ValueError(
            f"an Add whose larger input scale is {common / 2.0 / _double(target.scale):.3g} times "
            f"the output's; it must be below 2^{ADD_LEFT_SHIFT - 1}"
        )
    return scales


def mean_scale(source: Quantization, target: Quantization, elements: int) -> Scale:
    """Return the Scale of a sum over `elements`: source / (target x elements), rounded down."""
    check_averaged(elements)
    ratio = quantize_multiplier(_double(source.scale) / _double(target.scale))
    shift = min(elements.bit_length() - 1, 32, 31 + ratio.shift)
    scale = Scale((ratio.multiplier << shift) // elements, ratio.shift - shift)
    check_rescaled(elements * 255, scale)
    return scale


def check_averaged(elements: int) -> None:
    """Check that the sum of so many int8 values stays in 32 bits; raises ValueError."""
    if elements >= AVERAGED:
        raise ValueError(f"an average of {elements} elements; there may be {AVERAGED - 1}")


def softmax_scale(source: Quantization, beta: float) -> SoftmaxScale:
    """Return the Scale (shift at least 0) that brings differences of inputs to Q5.26."""
    fraction_bits = 31 - SOFTMAX_INTEGER_BITS
    real = float(np.float32(beta)) * _double(source.scale) * (1 << fraction_bits)
    scale = _saturated_multiplier(real)
    largest = ((1 << SOFTMAX_INTEGER_BITS) - 1) << fraction_bits
    return SoftmaxScale(scale, -(largest >> scale.shift))


def _saturated_multiplier(real: float) -> Scale:
    """Return the Scale of `real`, which for a softmax may reach 2^31 - 1 and must be above 1."""
    fraction, shift = math.frexp(min(real, 2.0**31 - 1.0))
    if shift < 1 or real < 0.0:
        raise ValueError(f"softmax: scale x beta is {real / (1 << 26)}, too small to resolve")
    multiplier = _round_half_away(fraction * 2.0**31)
    return Scale(multiplier // 2, shift + 1) if multiplier == 1 << 31 else Scale(multiplier, shift)


def _quantized(value: float, target: Quantization) -> int:
    with np.errstate(over="ignore"):
        quotient = float(np.float32(value) / np.float32(target.scale))
    if abs(quotient) >= 2.0**31:
        raise ValueError(f"an activation's bound {value} at output scale {target.scale}: too fine")
    rounded = _round_half_away(abs(quotient))
    return target.zero_point + (rounded if quotient > 0 else -rounded)


def _round_half_away(value: float) -> int:
    """Return the integer nearest to `value` (at least 0), halves upward."""
    return math.floor(value + 0.5)


def _double(scale: float) -> float:
    return float(np.float32(scale))
