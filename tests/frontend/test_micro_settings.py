"""Settings of the microfrontend: what is refused, and what follows from them."""

import math
from dataclasses import replace

import pytest
from hypothesis import given

from nas.errors import ConfigError
from nas.frontend import check, settings_of
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.sizes import sizes
from tests.frontend.micro_cases import settings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_channels": 15}, "n_channels: 15 is outside 16 to 64"),
        ({"n_channels": 65}, "n_channels: 65 is outside 16 to 64"),
        ({"fmin_hz": 7_500}, "fmin_hz: 7500 is outside 0 to 7499"),
        ({"fmax_hz": 8_001}, "fmax_hz: 8001 is outside 1 to 8000"),
        ({"smoothing_bits": 13}, "smoothing_bits: 13 is outside 6 to 12"),
        ({"even_smoothing": 1.1}, "even_smoothing: 1.1 is outside 0 to 1"),
        ({"odd_smoothing": -0.1}, "odd_smoothing: -0.1 is outside 0 to 1"),
        ({"odd_smoothing": math.nan}, "odd_smoothing: nan is outside 0 to 1"),
        ({"min_signal_remaining": 2}, "min_signal_remaining: 2 is outside 0 to 1"),
        ({"pcan_strength": 1.5}, "pcan_strength: 1.5 is outside 0 to 1"),
        ({"pcan_offset": 0}, "pcan_offset: 0 is outside 1 to 10000"),
        ({"gain_bits": 16}, "gain_bits: 16 is outside 17 to 30"),
        ({"log_shift": 9}, "log_shift: 9 is outside 4 to 8"),
    ],
)
def test_out_of_range(changes, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        MicroSettings(**changes)


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"sample_rate_hz": 48_000, "window_ms": 64}, "window_ms", "42 ms"),
        ({"n_channels": 64, "window_ms": 10, "hop_ms": 10}, "n_channels", "fewer channels"),
        ({"fmin_hz": 1_000, "fmax_hz": 1_010}, "n_channels", "wider range"),
        ({"fmin_hz": 1, "fmax_hz": 2}, "n_channels", "wider range"),
        # 2^22 x 80^-0.95 is one bit too many; 2^17 / 1 is two, and 17 is the least.
        ({"gain_bits": 22}, "gain_bits", f"{2**22 * 80**-0.95:.0f} .* use 21 bits or fewer"),
        ({"gain_bits": 17, "pcan_offset": 1}, "gain_bits", "131072 .* use a larger pcan_offset"),
    ],
)
def test_what_cannot_work_is_refused(changes, field, hint):
    with pytest.raises(ConfigError, match=rf"^{field}: .*{hint}"):
        check(MicroSettings(**changes))


def test_gain_bits_do_not_matter_without_pcan():
    check(MicroSettings(gain_bits=30, pcan=False))


def test_the_hint_of_the_fitting_bits_works():
    check(MicroSettings(gain_bits=21))
    check(MicroSettings(gain_bits=21, pcan_offset=80, pcan_strength=0.95))


@pytest.mark.parametrize(("n_channels", "window_ms"), [(16, 16), (32, 25), (40, 30), (64, 64)])
def test_usual_settings_work(n_channels, window_ms):
    check(MicroSettings(n_channels=n_channels, window_ms=window_ms, hop_ms=10))


def test_whole_numbers_and_fractions_are_one_setting():
    whole, fraction = MicroSettings(odd_smoothing=1), MicroSettings(odd_smoothing=1.0)
    assert str(whole.to_dict()) == str(fraction.to_dict())
    assert settings_of(whole.to_dict()) == whole


def test_run_in_by_hand():
    """0.975^118 = 0.0504, 0.975^119 = 0.0492: 119 hops of 20 ms."""
    assert MicroSettings().run_in_ms == 2_380
    assert MicroSettings(hop_ms=10).run_in_ms == 1_190
    assert MicroSettings(even_smoothing=1, odd_smoothing=1).run_in_ms == 20
    assert MicroSettings(even_smoothing=0.001).run_in_ms == 5_000
    assert MicroSettings(even_smoothing=0, odd_smoothing=0).run_in_ms == 0


@given(chosen=settings())
def test_run_in_is_whole_hops_and_bounded(chosen):
    assert chosen.run_in_ms == chosen.run_in_hops * chosen.hop_ms
    assert 0 <= chosen.run_in_ms <= 5_000
    longer = replace(chosen, clip_ms=chosen.clip_ms + chosen.run_in_ms)
    assert longer.n_frames >= chosen.n_frames + chosen.run_in_hops


def test_state_is_within_the_budget():
    """At most 8 kB at 30/20 ms and 40 channels; the original takes 11,384 bytes."""
    assert sizes(MicroSettings()).state_bytes == 16 + 4 * (512 + 120) + 2 * 480
