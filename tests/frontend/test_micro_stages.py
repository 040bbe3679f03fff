"""The stages of the microfrontend against closed forms and floating point."""

import ctypes
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend import features, native
from nas.frontend.kinds.micro import MicroSettings, gain, reference
from nas.frontend.kinds.micro.gain import Pcan, gain_table
from nas.frontend.kinds.micro.tables import build
from tests.frontend.micro_cases import settings


def call(name, chosen, *arrays):
    tables = native.tables_struct(build(chosen))
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    getattr(native.library(), name)(ctypes.byref(tables), *pointers)


def energies_of(values):
    return np.array(values, dtype=np.uint64).view(np.int32)


@given(seed=st.integers(0, 2**32 - 1), bits=st.integers(1, 60))
def test_signal_is_the_root_of_the_energy(seed, bits):
    """An energy E has 33 fraction bits, its root 6: floor(sqrt(E / 2^33) x 64)."""
    chosen = MicroSettings()
    values = np.random.default_rng(seed).integers(0, 1 << bits, 40)
    signal = np.zeros(40, dtype=np.uint32)
    call("nas_micro_signal", chosen, energies_of(values), signal)
    assert signal.tolist() == [math.isqrt(int(v) * 64**2 >> 33) for v in values]


def test_a_signal_may_lie_where_its_energies_do():
    values = np.arange(40, dtype=np.uint64) << np.uint64(40)
    apart, work = np.zeros(40, dtype=np.uint32), energies_of(values)
    call("nas_micro_signal", MicroSettings(), work, apart)
    call("nas_micro_signal", MicroSettings(), work, work)
    assert work[:40].tolist() == apart.tolist()


@budget(max_examples=50, deadline=None)
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1))
def test_noise_follows_the_signal_exponentially(chosen, seed):
    """Against the recursion in float64: one rounding down a frame, each forgotten as it learns."""
    rng = np.random.default_rng(seed)
    noise = np.zeros(chosen.n_channels, dtype=np.uint32)
    wanted = np.zeros(chosen.n_channels)
    q14 = [math.floor(s * 2**14) / 2**14 for s in (chosen.even_smoothing, chosen.odd_smoothing)]
    smoothing = np.resize(q14, chosen.n_channels)
    least = math.floor(chosen.min_signal_remaining * 2**14) / 2**14
    for frame in range(30):
        before = rng.integers(0, 2**20, chosen.n_channels).astype(np.uint32)
        signal = before.copy()
        call("nas_micro_noise", chosen, noise, signal)
        wanted = smoothing * before + (1 - smoothing) * wanted
        error = noise / 2**chosen.smoothing_bits - wanted
        assert np.abs(error).max() <= (frame + 1) / 2**chosen.smoothing_bits + 1e-6
        left = np.maximum(before - wanted, least * before)
        assert np.abs(signal - left).max() <= 1 + (frame + 1) / 2**chosen.smoothing_bits


STRENGTHS = st.floats(0, 1)


@given(
    strength=STRENGTHS,
    offset=st.integers(1, 10_000),
    noise_bits=st.integers(1, 12),
    noise=st.integers(0, 2**32 - 1),
)
@example(strength=1.0, offset=128, noise_bits=1, noise=30_272)
def test_gain_is_its_formula(strength, offset, noise_bits, noise):
    """A parabola over an octave of x^-s is within 1.6 % of it at s = 1, and nearer below.

    The place has 10 bits: 0.1 %. Rounding the three points, slope and result: two steps.
    """
    gain_bits = 14 + math.floor(strength * math.log2(offset))
    table = gain_table(Pcan(strength, offset, gain_bits, noise_bits))
    tables = build(MicroSettings())
    changed = type("Changed", (), {"gain_table": table})
    assert tables.gain_table.shape == table.shape
    computed = int(reference._gain(np.array([noise]), changed)[0])
    wanted = 2.0**gain_bits * (noise / 2**noise_bits + offset) ** -strength
    assert abs(computed - wanted) <= 0.017 * wanted + 2.1


def test_near_ties_of_the_gain_are_settled_in_decimals(monkeypatch):
    pcan = Pcan(0.95, 80, 21, 7)
    plain = gain_table.__wrapped__(pcan)
    monkeypatch.setattr(gain, "TIE", 1.0)
    np.testing.assert_array_equal(gain_table.__wrapped__(pcan), plain)


def after_pcan(signal, noise):
    """Of a whole row: the same signal and noise in each channel."""
    chosen = MicroSettings()
    out = np.full(40, signal, dtype=np.uint32)
    call("nas_micro_pcan", chosen, np.full(40, noise, dtype=np.uint32), out)
    assert len(set(out.tolist())) == 1
    return int(out[0])


@given(signal=st.integers(0, 2**20), noise=st.integers(0, 2**30))
def test_pcan_is_its_formula(signal, noise):
    """At n_fft 512 a signal of 1 is 8 of the FFT; noise is in its unit with 7 bits more."""
    snr = signal * 8 * (noise / 2**7 + 80) ** -0.95
    wanted = snr * snr / 4 if snr < 2 else snr - 1
    # The gain is rounded to whole numbers and within 1.7 %; the square doubles that.
    gain_steps = 2.0**21 * (noise / 2**7 + 80) ** -0.95
    relative = 2 * (0.017 + 2.1 / gain_steps)
    assert after_pcan(signal, noise) / 64 == pytest.approx(
        wanted, rel=relative, abs=relative + 2 / 64
    )


def test_pcan_saturates_and_does_not_wrap():
    chosen = MicroSettings(pcan_strength=0.0, pcan_offset=1, gain_bits=17, window_ms=64)
    tables = build(chosen)
    signal = np.full(40, 2**20, dtype=np.int64)
    wanted = (2**32 - 1 >> 6) - 64
    assert tables.gain_table[0] == 32_767
    out = signal.astype(np.uint32)
    call("nas_micro_pcan", chosen, np.zeros(40, dtype=np.uint32), out)
    assert out.tolist() == [wanted] * 40
    np.testing.assert_array_equal(reference._normalised(signal, signal * 0, tables), out)


@given(x=st.integers(0, 2**26), log_shift=st.integers(4, 8))
def test_features_are_scaled_logarithms(x, log_shift):
    for pcan, divisor in ((True, 666), (False, 1_024)):
        chosen = MicroSettings(log_shift=log_shift, pcan=pcan)
        row = np.zeros(40, dtype=np.int8)
        call("nas_micro_features", chosen, np.full(40, x, dtype=np.uint32), row)
        wanted = 2**log_shift * math.log(8 * x) * 256 / divisor - 128 if x else -128
        # Rounded twice; the logarithm itself is within 0.0003 / log2(e) of 1.
        assert row[0] == pytest.approx(min(wanted, 127), abs=0.5 + 0.7 * 256 / divisor)


def test_the_mapping_to_int8_is_micro_speechs():
    """(256 x value + 333) / 666 - 128, clipped, for every uint16."""
    values = np.arange(65_536)
    wanted = np.minimum((256 * values + 333) // 666 - 128, 127)
    step = build(MicroSettings()).feature_step
    np.testing.assert_array_equal(np.minimum((values * step + 0x8000) >> 16, 255) - 128, wanted)


def tone(amplitude, seconds=4):
    time = np.arange(16_000 * seconds) / 16_000
    return (amplitude * np.sin(2 * np.pi * 1_000 * time)).round().astype(np.int16)[None]


def test_a_steady_tone_fades_to_what_must_remain():
    """1,000 Hz is bin 32: half the Hann window's sum is the modulus, twice sqrt of its weights.

    Without PCAN the log of the signal falls by ln(0.05) as the noise estimate learns the tone.
    """
    chosen = MicroSettings(pcan=False, clip_ms=4_000)
    rows = features(tone(1_000), chosen)[0].astype(int)
    channel = int(rows[0].argmax())
    fall = rows[0, channel] - rows[-1, channel]
    first_share = 1 - (0.025 if channel % 2 == 0 else 0.06)
    # A step without PCAN is 4 / 64 of a natural logarithm.
    assert fall == pytest.approx(16 * math.log(first_share / 0.05), abs=1)


def test_pcan_makes_loud_and_soft_alike():
    """At strength 1 and a small offset a steady sound reads the same at any loudness."""
    chosen = MicroSettings(
        pcan_strength=1, pcan_offset=1, gain_bits=17, clip_ms=4_000, window_ms=64, pcan=False
    )
    plain = [features(tone(a), chosen)[0, 100].astype(int).max() for a in (2_000, 8_000)]
    assert plain[1] - plain[0] == pytest.approx(16 * math.log(4), abs=1)
    even = MicroSettings(clip_ms=4_000, min_signal_remaining=1)
    evened = [features(tone(a), even)[0, 150].astype(int).max() for a in (2_000, 8_000)]
    # (n + 80)^-0.95 of n: all but a twentieth of the logarithm, and the knee, are levelled.
    assert abs(evened[1] - evened[0]) <= 12


def test_silence_is_the_floor():
    assert (features(np.zeros((1, 16_000), dtype=np.int16), MicroSettings()) == -128).all()
