"""A stream in any portions against the whole clip: every byte."""

import ctypes

import numpy as np
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend import native
from nas.frontend.kinds.log_mel.kind import KIND
from nas.frontend.kinds.log_mel.tables import build
from tests.frontend.signals import settings


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
        self.work = np.zeros(KIND.work_words(chosen), dtype=np.int32)
        self.history = np.zeros(chosen.win_length, dtype=np.int16)
        self.chosen, self.state = chosen, State()
        self._call("nas_log_mel_init", ctypes.byref(self.tables), self.work, self.history)

    def _call(self, name, *arguments):
        function = getattr(native.library(), name)
        function.restype = ctypes.c_size_t
        passed = [
            ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray) else a for a in arguments
        ]
        return function(ctypes.byref(self.state), *passed)

    def push(self, samples):
        room = -(-len(samples) // self.chosen.hop_length)
        out = np.full((room + 1, self.chosen.n_mels), 99, dtype=np.int8)
        n = self._call("nas_log_mel_push", samples, ctypes.c_size_t(len(samples)), out)
        assert n <= room
        assert (out[n:] == 99).all()
        return out[:n]


@budget(max_examples=60, deadline=None)
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1), largest=st.integers(1, 5_000))
def test_any_portions(chosen, seed, largest):
    rng = np.random.default_rng(seed)
    samples = rng.integers(-32_768, 32_768, (1, chosen.clip_length)).astype(np.int16)
    stream, rows, start = Stream(chosen), [], 0
    while start < chosen.clip_length:
        n = int(rng.integers(0, largest + 1))
        rows.append(stream.push(samples[0, start : start + n].copy()))
        start += n
    whole = native.features(samples, chosen)[0]
    np.testing.assert_array_equal(np.concatenate(rows), whole)
