"""Settings of the microfrontend that its tests share, and TensorFlow's op of the original."""

import numpy as np
from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.frontend import check
from nas.frontend.kinds.micro import MicroSettings
from tests.frontend.signals import RATES

GRID = [
    {},
    {"pcan": False, "log_shift": 5},
    {"hop_ms": 10, "window_ms": 25, "n_channels": 32},
    {"window_ms": 64, "n_channels": 64, "even_smoothing": 1, "odd_smoothing": 0, "log_shift": 8},
    {"sample_rate_hz": 48_000, "window_ms": 42, "fmax_hz": 24_000, "fmin_hz": 0, "pcan_offset": 1,
     "gain_bits": 17, "pcan_strength": 0.0, "odd_smoothing": 0, "even_smoothing": 0},
    {"sample_rate_hz": 4_000, "window_ms": 64, "n_channels": 16, "fmax_hz": 2_000,
     "min_signal_remaining": 1, "smoothing_bits": 12},
    {"sample_rate_hz": 8_000, "n_channels": 20, "fmax_hz": 4_000, "pcan_strength": 1,
     "pcan_offset": 10_000, "gain_bits": 28, "min_signal_remaining": 0, "smoothing_bits": 6},
]  # fmt: skip

SHARES = st.one_of(st.sampled_from([0.0, 0.025, 0.06, 1.0]), st.floats(0, 1))


@st.composite
def settings(draw):
    """Settings over the whole range that `check` accepts, on short clips."""
    rate = draw(st.sampled_from(RATES))
    window_ms = draw(st.integers(2, 64))
    fmin_hz = draw(st.integers(0, rate // 4))
    drawn = MicroSettings(
        sample_rate_hz=rate,
        clip_ms=draw(st.integers(window_ms, 300)),
        window_ms=window_ms,
        hop_ms=draw(st.integers(1, window_ms)),
        n_channels=draw(st.integers(16, 64)),
        fmin_hz=fmin_hz,
        fmax_hz=draw(st.integers(fmin_hz + rate // 8, rate // 2)),
        smoothing_bits=draw(st.integers(6, 12)),
        even_smoothing=draw(SHARES),
        odd_smoothing=draw(SHARES),
        min_signal_remaining=draw(SHARES),
        pcan=draw(st.booleans()),
        pcan_strength=draw(SHARES),
        pcan_offset=draw(st.integers(1, 10_000)),
        gain_bits=draw(st.integers(17, 30)),
        log_shift=draw(st.integers(4, 8)),
    )
    return drawn if works(drawn) else draw(st.just(MicroSettings(clip_ms=200)))


def works(drawn):
    try:
        check(drawn)
    except ConfigError:
        return False
    return True


def as_int8(values, step):
    """micro_speech's mapping for a feature step of 25,191; see firmware/include/nas/micro.h."""
    return np.clip((values * step + 0x8000) >> 16, 0, 255) - 128
