"""From the energy of a band to its feature: reference, steps, offset and floor as integers.

A feature is floor(log_slope x (log2(energy + offset) - log_reference) + 120 + 1/2), not below
`lowest`; the header log_mel.h says it with the Q-formats.
"""

import math

from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.stage_tables import POWER_SHIFT, fraction_bits, window_energy
from nas.frontend.tables import Q15_ONE

__all__ = ["log_offset", "log_reference", "log_slope", "lowest"]

FULL_SCALE_FEATURE = 120
"""Feature of a full-scale sine: 7 steps are left for what is louder."""
DB_STEPS = 15
"""Steps for a doubling of the amplitude: one is 20 / 15 x log10(2) = 0.4014 dB."""
NEPER_STEPS = 16
"""Steps for a factor e of the amplitude: one is 0.5429 dB."""
SLOPE_ONE = 1 << 12


def log_slope(settings: LogMelSettings) -> int:
    """Return the steps for a doubling of a band's energy, Q12."""
    steps = DB_STEPS if settings.scale_kind == "db" else NEPER_STEPS * math.log(2)
    doublings = 1 if _is_magnitude(settings) else 2
    return math.floor(steps / doublings * SLOPE_ONE + 0.5)


def log_reference(settings: LogMelSettings) -> int:
    """Return log2 of the energy of a full-scale sine whose main lobe lies in one band, Q15.

    Power, by Parseval: the bins of a sine of amplitude A hold n_fft x A^2 x sum(w^2) / 4 on one
    side. Magnitude: they hold A / 2 x n_fft x w in the middle of the window, which is 1.
    """
    if _is_magnitude(settings):
        sine = math.log2(settings.n_fft / 2)
    else:
        energy = window_energy(settings.window_kind, settings.win_length)
        sine = math.log2(energy * settings.n_fft) - 30 - 2
    return math.floor((sine + _unit_bits(settings)) * Q15_ONE + 0.5)


def log_offset(settings: LogMelSettings) -> int:
    """Return what is added to an energy, in the energy's unit."""
    if settings.scale_kind == "db":
        return 0
    return math.floor(math.ldexp(settings.log_offset, _unit_bits(settings)) + 0.5)


def lowest(settings: LogMelSettings) -> int:
    """Return the feature of the floor: -128 where there is none."""
    if settings.scale_kind == "ln":
        return -128
    steps = settings.floor_db / (20 * math.log10(2)) * DB_STEPS
    return max(-128, math.floor(FULL_SCALE_FEATURE + steps + 0.5))


def _is_magnitude(settings: LogMelSettings) -> bool:
    return settings.spectrum_kind == "magnitude"


def _unit_bits(settings: LogMelSettings) -> int:
    """Log2 of the energy that stands for 1 where samples go from -1 to 1; weights are Q15."""
    bits = 15 + fraction_bits(settings.win_length, pre_emphasis=settings.pre_emphasis_q15 > 0)
    return bits + 15 if _is_magnitude(settings) else 2 * bits - POWER_SHIFT + 15
