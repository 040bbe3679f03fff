"""The gain of PCAN as a table, the same on every machine.

Rounding is floor(x + 1/2). What float64 leaves near a tie is settled in decimals.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.tables import frozen

__all__ = ["ENTRIES", "GAIN_MAX", "Pcan", "gain_table"]

GAIN_MAX = 32_767
ENTRIES = 3 * 33
"""Numbers of a table: three for each length of an estimate, 0 to 32 bits."""
TIE = 1e-6
"""Parts of a step; far above the error of float64 here (1e-10), and rarely met."""


@dataclass(frozen=True)
class Pcan:
    """All that the gain depends on; `noise_bits` are the fraction bits of a noise estimate."""

    strength: float
    offset: int
    gain_bits: int
    noise_bits: int

    def gain(self, estimate: int) -> float:
        """(noise + offset)^-strength, with gain_bits fraction bits."""
        noise = estimate / 2**self.noise_bits + self.offset
        return float(2**self.gain_bits * noise**-self.strength)

    def rounded(self, estimate: int) -> int:
        """The gain as the device holds it."""
        gain = self.gain(estimate)
        if abs(gain % 1 - 0.5) <= TIE:
            return self._settled(estimate)
        return min(GAIN_MAX, math.floor(gain + 0.5))

    def _settled(self, estimate: int) -> int:
        """The gain that float64 leaves near a tie, in decimals."""
        exact = Context(prec=40)
        noise = exact.divide(Decimal(estimate), Decimal(1 << self.noise_bits)) + self.offset
        gain = exact.power(noise, -Decimal(repr(self.strength))) * (1 << self.gain_bits)
        return min(GAIN_MAX, int((gain + Decimal("0.5")).to_integral_value(ROUND_FLOOR)))


@lru_cache(maxsize=256)
def gain_table(pcan: Pcan) -> NDArray[np.int16]:
    """Return the parabola through the gain at each power of two, half-way, and at the next.

    Row b [of 33] is for estimates of b bits: value at 2^(b-1), slope and curve over the interval.
    """
    at_powers = [pcan.rounded(min(1 << b, (1 << 32) - 1)) for b in range(33)]
    rows = [(pcan.rounded(0), 0, 0), (at_powers[0], 0, 0)]
    for b in range(1, 32):
        middle = pcan.rounded(3 << (b - 1))
        rows.append(_parabola(at_powers[b], middle, at_powers[b + 1]))
    return frozen(np.array(rows).reshape(-1), np.int16)


def _parabola(start: int, middle: int, end: int) -> tuple[int, int, int]:
    """Return value, slope and curve at 0 of the parabola through `start`, `middle` and `end`."""
    slope = 4 * (middle - start) - (end - start)
    return start, slope, end - start - slope
