"""Tables of an op that maps one byte to another: its output for each of the 256 inputs.

LiteRT's reference kernels compute an activation and another scale in fixed point, a logistic in
floats with a table of its own: the tables here hold their bytes.
TensorFlow Lite Micro computes a logistic in fixed point; it may differ from LiteRT's by one step.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.export.requantize import Scale, activation_range, quantize_multiplier
from nas.graph.ops import Activation, Logistic
from nas.graph.quantized import Quantization

__all__ = ["lookup_table"]

LARGEST_SHIFT = 22
"""A difference of two bytes, shifted that far, stays in 32 bits."""


def lookup_table(op: Any, source: Quantization, target: Quantization) -> NDArray[np.int8]:
    """Return the outputs of the inputs -128 to 127 [shape=(256,)].

    Args:
        op: Logistic, Relu or Requantize.
        source: scale of the input.
        target: scale of the output.
    """
    if isinstance(op, Logistic):
        values = [_logistic(byte, source) for byte in range(-128, 128)]
    else:
        values = _rescaled(getattr(op, "activation", Activation.NONE), source, target)
    return np.array(values, np.int8)


def _logistic(byte: int, source: Quantization) -> int:
    """Return the byte of 1 / (1 + exp(-x)) at scale 1/256 and zero point -128."""
    x = float(np.float32(source.scale)) * (byte - source.zero_point)
    share = 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0
    return min(127, math.floor(256.0 * share + 0.5) - 128)


def _rescaled(activation: Activation, source: Quantization, target: Quantization) -> list[int]:
    """Return the bytes of another scale, clamped to the activation's bounds."""
    low, high = activation_range(activation, target)
    ratio = float(np.float32(source.scale)) / float(np.float32(target.scale))
    scale = quantize_multiplier(ratio)
    if scale.shift > LARGEST_SHIFT:
        raise ValueError(f"input scale {ratio} times the output's: no int8 network's")
    scaled = (_twice_rounded(byte - source.zero_point, scale) for byte in range(-128, 128))
    return [min(max(value + target.zero_point, low), high) for value in scaled]


def _twice_rounded(x: int, scale: Scale) -> int:
    """Return x times the scale as nas_requantize does: halves upward, then away from zero."""
    left, right = max(scale.shift, 0), max(-scale.shift, 0)
    high = ((x << left) * scale.multiplier + (1 << 30)) >> 31
    mask = (1 << right) - 1
    return (high >> right) + ((high & mask) > (mask >> 1) + (high < 0))
