"""The stages in C, one by one, against NumPy's float FFT and the math library."""

import ctypes
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.frontend import LogMelSettings, native, stage_tables, stages
from nas.frontend.kinds.log_mel.tables import build

SIZES = {64: 4, 128: 8, 256: 16, 512: 30, 1_024: 64}


def transform(values, window_ms):
    tables = build(LogMelSettings(window_ms=window_ms, hop_ms=1, n_mels=8))
    data = np.ascontiguousarray(values, dtype=np.int32)
    function = native.library().nas_fft_real
    function.restype = None
    function(
        ctypes.c_void_p(data.ctypes.data),
        ctypes.c_void_p(tables.sine.ctypes.data),
        ctypes.c_size_t(tables.n_fft),
    )
    return data, tables


@pytest.mark.parametrize("n_fft", SIZES)
@pytest.mark.parametrize("kind", ["noise", "alternating", "constant", "impulse"])
def test_fft_is_numpys_within_rounding(n_fft, kind):
    rng = np.random.default_rng(n_fft)
    largest = 2**30 // n_fft
    sign = {"alternating": (-1) ** np.arange(n_fft), "constant": np.ones(n_fft)}
    values = {
        "noise": rng.integers(-largest, largest, n_fft),
        "impulse": np.where(np.arange(n_fft) == 3, 2**30, 0),
    }
    given_values = values.get(kind, sign.get(kind, 0) * largest)
    data, _ = transform(given_values, SIZES[n_fft])
    wanted = np.fft.rfft(given_values)
    computed = data[2::2] + 1j * data[3::2]
    assert data[0] == pytest.approx(wanted[0].real, abs=np.sqrt(n_fft))
    assert data[1] == pytest.approx(wanted[-1].real, abs=np.sqrt(n_fft))
    # An output sums about n_fft / 2 rounding errors of variance 1/6: deviation sqrt(n_fft / 12).
    assert np.abs(computed - wanted[1:-1]).max() <= np.sqrt(n_fft)


@pytest.mark.parametrize("n_fft", SIZES)
def test_fft_twin_has_the_same_integers(n_fft):
    values = np.random.default_rng(1).integers(-(2**30) // n_fft, 2**30 // n_fft, n_fft)
    data, tables = transform(values, SIZES[n_fft])
    re, im = stages.fft_real(values[None].astype(np.int64), tables.sine)
    np.testing.assert_array_equal(data[0::2], re[0])
    np.testing.assert_array_equal(data[1::2], im[0])


@given(value=st.integers(1, 2**64 - 1))
def test_log2_of_any_number(value):
    tables = build(LogMelSettings())
    function = native.library().nas_log2_q15
    function.restype = ctypes.c_uint32
    computed = function(ctypes.c_uint64(value), ctypes.c_void_p(tables.log2_table.ctypes.data))
    # 32 chords: at most (1/32)^2 / 8 x log2(e) = 0.00018 below; three roundings in Q15.
    assert computed / 32_768 == pytest.approx(math.log2(value), abs=0.00018 + 1.5 / 32_768)
    if value < 2**63:
        assert stages.log2_q15(np.array([value]), tables.log2_table)[0] == computed


def test_log2_of_zero_is_zero():
    tables = build(LogMelSettings())
    assert stages.log2_q15(np.array([0, 1, 2]), tables.log2_table).tolist() == [0, 0, 32_768]


def root(value):
    function = native.library().nas_sqrt_u64
    function.restype = ctypes.c_uint32
    return function(ctypes.c_uint64(value))


@given(value=st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 63).map(lambda n: 1 << n)))
def test_root_of_any_number(value):
    assert root(value) == math.isqrt(value)


@given(whole=st.integers(1, 2**32 - 1), distance=st.integers(-2, 2))
def test_root_beside_a_square(whole, distance):
    value = min(max(whole * whole + distance, 0), 2**64 - 1)
    assert root(value) == math.isqrt(value)
    if value <= 2**62:
        assert stages.isqrt(np.array([value]))[0] == math.isqrt(value)


class Frame(ctypes.Structure):
    _fields_ = (
        ("window", ctypes.c_void_p),
        ("win_length", ctypes.c_uint16),
        ("n_fft", ctypes.c_uint16),
        ("pre_emphasis_q15", ctypes.c_uint16),
        ("remove_mean", ctypes.c_uint16),
    )


def windowed(samples, window, *, factor, mean):
    samples, out = np.ascontiguousarray(samples), np.zeros(len(samples), dtype=np.int32)
    frame = Frame(window.ctypes.data, len(samples), len(samples), factor, mean)
    native.library().nas_frame_window(
        ctypes.byref(frame),
        ctypes.c_void_p(samples.ctypes.data),
        ctypes.c_void_p(out.ctypes.data),
    )
    return out


@pytest.mark.parametrize("name", ["hann", "hamming"])
@pytest.mark.parametrize("factor", [0, 1, 31_785, 32_767])
@pytest.mark.parametrize("mean", [0, 1])
@given(seed=st.integers(0, 2**32 - 1), signs=st.booleans(), length=st.sampled_from([64, 2_048]))
def test_window_in_fractions(name, factor, mean, seed, signs, length):
    """Against float64: within the rounding of out's last bit, whatever the samples."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(-32_768, 32_768, length)
    samples = np.where(noise > 0, 32_767, -32_768) if signs else noise
    table = stage_tables.window_table(name, length)
    computed = windowed(samples.astype(np.int16), table, factor=factor, mean=mean)
    centred = samples - mean * np.floor(samples.mean() + 0.5)
    risen = centred - factor / 32_768 * np.concatenate([centred[:1], centred[:-1]])
    whole = np.concatenate([table, table[1:-1][::-1]]) / 32_768
    one = 2.0 ** stage_tables.fraction_bits(length, pre_emphasis=factor > 0)
    # Half of the last bit, and the factor's product cut at 2^-13 of a sample's step.
    assert np.abs(computed - risen * whole * one).max() <= 0.5 + one / 2**13
    twin = stages.frame_window(
        samples.astype(np.int16)[None],
        table,
        length,
        pre_emphasis_q15=factor,
        remove_mean=bool(mean),
    )
    np.testing.assert_array_equal(twin[0], computed)
    assert np.abs(computed.astype(np.int64)).sum() < 1.25 * 2**30
