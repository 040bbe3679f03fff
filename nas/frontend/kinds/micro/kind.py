"""The microfrontend as a kind of front end."""

import math
from functools import lru_cache

from nas.frontend.kind import Kind, fft_multiplies, too_long
from nas.frontend.kinds.micro import float_reference, reference
from nas.frontend.kinds.micro.gain import GAIN_MAX
from nas.frontend.kinds.micro.settings import GAIN_BITS_MIN, MicroSettings
from nas.frontend.kinds.micro.tables import bank, build, channels, largest_gain, table_bytes
from nas.frontend.mel_tables import MelScale, empty_bands

__all__ = ["KIND"]


CHANNEL_MACS = 20
PCAN_MACS = 4
"""Multiplications of one channel beside its bins: root 14, noise 3, logarithm and feature 3."""


def _problem(settings: MicroSettings) -> str | None:
    return too_long(settings) or _too_much_gain(settings) or _empty(settings)


def _empty(settings: MicroSettings) -> str | None:
    empty = _unmet(bank(settings))
    if not empty:
        return None
    apart = settings.sample_rate_hz / settings.n_fft
    return (
        f"n_channels: {settings.n_channels} bands from {settings.fmin_hz} to {settings.fmax_hz} "
        f"Hz are too narrow for FFT bins {apart:.1f} Hz apart: band {empty[0]} gets none; "
        "use fewer channels, a wider range or a longer window_ms"
    )


@lru_cache(maxsize=1024)
def _unmet(scale: MelScale) -> tuple[int, ...]:
    return tuple(empty_bands(*channels(scale)))


def _too_much_gain(settings: MicroSettings) -> str | None:
    """Where there is no noise the gain is largest; it must fit into 15 bits."""
    largest = largest_gain(settings)
    if not settings.pcan or largest <= GAIN_MAX:
        return None
    fewer = settings.gain_bits - math.ceil(math.log2(largest / GAIN_MAX))
    advice = f"use {fewer} bits or fewer, or" if fewer >= GAIN_BITS_MIN else "use"
    return (
        f"gain_bits: {settings.gain_bits} make PCAN's gain {largest:.0f} where there is no noise "
        f"(2^gain_bits x pcan_offset^-pcan_strength), the largest is {GAIN_MAX}; "
        f"{advice} a larger pcan_offset or pcan_strength"
    )


def _macs(settings: MicroSettings) -> int:
    """Real multiplications: window, FFT, its real split, power of and weight on each bin.

    Then those of each channel.
    """
    n_fft, n_weights = settings.n_fft, len(channels(bank(settings))[1])
    frame = settings.win_length + fft_multiplies(n_fft) + 4 * (n_fft // 4)
    channel = CHANNEL_MACS + PCAN_MACS * settings.pcan
    return frame + 3 * n_weights + channel * settings.n_channels


KIND = Kind(
    source="TensorFlow Lite Micro's microfrontend; PCAN: Wang et al. 2017",
    settings=MicroSettings,
    tables=build,
    table_bytes=table_bytes,
    problem=_problem,
    reference=reference.features,
    float_reference=float_reference.features,
    macs_per_hop=_macs,
    work_words=lambda settings: settings.n_fft + 3 * settings.n_channels,
    functions=(
        "nas_fft_complex",
        "nas_fft_real",
        "nas_frame_window",
        "nas_log2_q15",
        "nas_mel_energies",
        "nas_micro_features",
        "nas_micro_frame",
        "nas_micro_init",
        "nas_micro_noise",
        "nas_micro_pcan",
        "nas_micro_push",
        "nas_micro_signal",
        "nas_sqrt_u64",
    ),
)
