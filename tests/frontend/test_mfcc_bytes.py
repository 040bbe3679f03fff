"""C against its NumPy twin, and a stream in any portions against the whole clip: every byte."""

import ctypes

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend import native
from nas.frontend.kinds.mfcc import MfccSettings, reference
from nas.frontend.kinds.mfcc.tables import build
from tests.frontend.mfcc_signals import settings
from tests.frontend.signals import extremes, speech

GRID = [
    {},
    {"window_ms": 20, "hop_ms": 20, "fmin_hz": 300, "fmax_hz": 8_000},
    {"window_ms": 64, "n_mels": 80, "n_mfcc": 40},
    {"window_ms": 64, "n_mels": 65, "n_mfcc": 20, "lifter": 22},
    {"pre_emphasis": 0.97, "remove_mean": True, "window_kind": "hamming", "lifter": 22},
    {"spectrum_kind": "magnitude", "scale_kind": "ln", "fft_length": 1024, "triangles": "hz"},
    {"window_ms": 10, "hop_ms": 10, "n_mels": 11, "n_mfcc": 11},
    {"sample_rate_hz": 48_000, "window_ms": 42, "fmax_hz": 24_000, "n_mels": 128, "n_mfcc": 40},
    {"sample_rate_hz": 4_000, "window_ms": 24, "n_mels": 10, "n_mfcc": 10, "fmax_hz": 2_000},
]


@budget(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1), loudness=st.integers(0, 15))
def test_random_settings(chosen, seed, loudness):
    rng = np.random.default_rng(seed)
    limit = 1 << loudness
    samples = rng.integers(-limit, limit, (2, chosen.clip_length), dtype=np.int16, endpoint=False)
    expected = reference.features(samples, chosen)
    assert expected.shape == (2, chosen.n_frames, chosen.n_mfcc)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("given_settings", GRID, ids=str)
def test_extreme_signals(given_settings):
    chosen = MfccSettings(clip_ms=300, **given_settings)
    samples = extremes(chosen.clip_length, seed=3)
    expected = reference.features(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("given_settings", GRID[:6], ids=str)
def test_speech(given_settings):
    samples = speech(100)
    chosen = MfccSettings(**given_settings)
    expected = reference.features(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@budget(max_examples=100, deadline=None)
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1))
def test_the_transform_at_any_levels(chosen, seed):
    """Levels that no sound gives: both ends at random, so that sums reach their bounds."""
    tables, rng = build(chosen), np.random.default_rng(seed)
    ends = rng.choice([-4_080, 4_080], (8, tables.n_mels))
    row = np.sign(tables.dct[-((tables.n_mels + 1) // 2) :].astype(np.int64))
    ends[0, : len(row)] = 4_080 * row
    expected = reference.from_levels(ends, tables)
    function, struct = native.library().nas_mfcc_dct, native.tables_struct(tables)
    for levels, wanted in zip(ends, expected, strict=True):
        work, out = levels.astype(np.int32), np.zeros(tables.n_mfcc, dtype=np.int8)
        function(
            ctypes.byref(struct),
            ctypes.c_void_p(work.ctypes.data),
            ctypes.c_void_p(out.ctypes.data),
        )
        np.testing.assert_array_equal(out, wanted)


class State(ctypes.Structure):
    _fields_ = (
        ("tables", ctypes.c_void_p),
        ("work", ctypes.c_void_p),
        ("history", ctypes.c_void_p),
        ("n_filled", ctypes.c_uint32),
    )


class Stream:
    def __init__(self, chosen):
        self.tables = native.tables_struct(build(chosen))
        self.work = np.zeros(chosen.n_fft + 2 * chosen.n_mels, dtype=np.int32)
        self.history = np.zeros(chosen.win_length, dtype=np.int16)
        self.chosen, self.state = chosen, State()
        self._call("nas_mfcc_init", ctypes.byref(self.tables), self.work, self.history)

    def _call(self, name, *arguments):
        function = getattr(native.library(), name)
        function.restype = ctypes.c_size_t
        passed = [
            ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray) else a for a in arguments
        ]
        return function(ctypes.byref(self.state), *passed)

    def push(self, samples):
        room = -(-len(samples) // self.chosen.hop_length)
        out = np.full((room + 1, self.chosen.n_mfcc), 99, dtype=np.int8)
        n = self._call("nas_mfcc_push", samples, ctypes.c_size_t(len(samples)), out)
        assert n <= room
        assert (out[n:] == 99).all()
        return out[:n]


def streamed(samples, portions, chosen):
    stream, rows, start = Stream(chosen), [], 0
    for n in portions:
        rows.append(stream.push(samples[start : start + n].copy()))
        start += n
    return np.concatenate(rows)


@budget(max_examples=60, deadline=None)
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1), largest=st.integers(1, 5_000))
def test_any_portions(chosen, seed, largest):
    rng = np.random.default_rng(seed)
    samples = rng.integers(-32_768, 32_768, (1, chosen.clip_length)).astype(np.int16)
    portions = rng.integers(0, largest + 1, 2 + 4 * chosen.clip_length // largest).tolist()
    portions.append(chosen.clip_length)
    whole = native.features(samples, chosen)[0]
    np.testing.assert_array_equal(streamed(samples[0], portions, chosen), whole)


@pytest.mark.parametrize("given_settings", GRID[:2], ids=str)
def test_hop_by_hop_on_speech(given_settings):
    chosen = MfccSettings(**given_settings)
    for clip in speech(10):
        hops = [chosen.hop_length] * (chosen.clip_length // chosen.hop_length)
        whole = native.features(clip[None], chosen)[0]
        np.testing.assert_array_equal(streamed(clip, hops, chosen), whole)
