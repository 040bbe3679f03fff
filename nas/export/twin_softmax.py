"""Softmax in integers, as TensorFlow Lite's reference computes it for int8.

Differences to a row's largest value go to Q5.26, their exponentials to Q0.31 and their sum to
Q12.19; the output is exponential / sum at scale 1/256. Products are rounded to nearest, halves up.
"""

import numpy as np
from numpy.typing import NDArray

from nas.export.requantize import SoftmaxScale

__all__ = ["softmax_rows"]

Ints = NDArray[np.int64]

ONE_Q31 = (1 << 31) - 1
FACTORS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
"""exp(-2^k) in Q0.31 for k from -2 to 4."""
SUM_INTEGER_BITS = 12


def softmax_rows(rows: Ints, scale: SoftmaxScale) -> Ints:
    """Return the int8 values of the softmax of each row [shape=(n, classes)]."""
    differences = rows - rows.max(axis=1, keepdims=True)
    counted = differences >= scale.diff_min
    scaled = _product(differences << scale.scale.shift, np.int64(scale.scale.multiplier))
    powers = np.where(counted, _exp(scaled), 0)
    sums = _halved(powers, SUM_INTEGER_BITS).sum(axis=1)
    zeros = np.array([32 - int(total).bit_length() for total in sums], np.int64)
    shares = _reciprocal((sums << zeros) - (1 << 31))[:, None]
    shift = (SUM_INTEGER_BITS - zeros + 23)[:, None]
    outputs = _halved(_product(shares, powers), shift) - 128
    return np.where(counted, np.clip(outputs, -128, 127), -128)


def _product(a: Ints, b: Ints | np.int64) -> Ints:
    """Return a x b / 2^31 to nearest, halves upward."""
    return (a * b + (1 << 30)) >> 31


def _halved(x: Ints, times: int | Ints) -> Ints:
    """Return x / 2^times to nearest, halves away from zero."""
    power = np.int64(1) << np.asarray(times, np.int64)
    return np.asarray(np.sign(x) * ((np.abs(x) + (power >> 1)) // power), np.int64)


def _exp(a: Ints) -> Ints:
    """Return exp(a) in Q0.31 of a <= 0 in Q5.26: a series on (-1/4, 0], then factors."""
    quarter = 1 << 24
    rest = (a & (quarter - 1)) - quarter
    result = _series(rest << 5)
    quarters = (rest - a) // quarter
    for bit, factor in enumerate(FACTORS):
        result = np.where((quarters >> bit) & 1, _product(result, np.int64(factor)), result)
    return np.where(a == 0, ONE_Q31, result)


def _series(a: Ints) -> Ints:
    """Return exp(a), a in [-1/4, 0) in Q0.31: Taylor's series around -1/8."""
    around = np.int64(1895147668)
    x = a + (1 << 28)
    square = _product(x, x)
    fourth = _halved(_product(square, square), 2)
    cube = _product(square, x)
    higher = _halved(_product(fourth + cube, np.int64(715827883)) + square, 1)
    return around + _product(around * np.ones_like(x), x + higher)


def _reciprocal(a: Ints) -> Ints:
    """Return 1 / (1 + a) in Q0.31 of a in [0, 1) in Q0.31: three steps of Newton and Raphson."""
    half = (a + ONE_Q31 + 1) // 2
    x = 1515870810 + _product(half, np.int64(-1010580540))
    for _ in range(3):
        x = x + _saturated(_product(x, (1 << 29) - _product(half, x)) << 2)
    return _saturated(x << 1)


def _saturated(x: Ints) -> Ints:
    return np.clip(x, -(1 << 31), ONE_Q31)
