"""The microfrontend's stream in any portions against the whole clip, and its running state."""

import ctypes
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend import features, native
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.kind import KIND
from nas.frontend.kinds.micro.tables import build
from tests.frontend.micro_cases import settings
from tests.frontend.signals import speech


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
        self.work = np.full(KIND.work_words(chosen), -1, dtype=np.int32)
        self.history = np.zeros(chosen.win_length, dtype=np.int16)
        self.chosen, self.state = chosen, State()
        self.start()

    def start(self):
        self._call("nas_micro_init", ctypes.byref(self.tables), self.work, self.history)

    def _call(self, name, *arguments):
        function = getattr(native.library(), name)
        function.restype = ctypes.c_size_t
        passed = [
            ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray) else a for a in arguments
        ]
        return function(ctypes.byref(self.state), *passed)

    def push(self, samples):
        room = -(-len(samples) // self.chosen.hop_length)
        out = np.full((room + 1, self.chosen.n_channels), 99, dtype=np.int8)
        n = self._call("nas_micro_push", samples, ctypes.c_size_t(len(samples)), out)
        assert n <= room
        assert (out[n:] == 99).all()
        # What is scratch between two calls may be used by others.
        self.work[self.chosen.n_channels :] = -1
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
    whole = features(samples, chosen)[0]
    np.testing.assert_array_equal(np.concatenate(rows), whole)


def test_a_new_start_forgets_the_noise():
    chosen, clips = MicroSettings(), speech(2)
    stream = Stream(chosen)
    stream.push(clips[1])
    stream.start()
    np.testing.assert_array_equal(stream.push(clips[0]), features(clips[:1], chosen)[0])


@pytest.mark.parametrize("chosen", [MicroSettings(), MicroSettings(hop_ms=30, window_ms=32)])
def test_a_run_in_is_a_longer_clip_whose_first_rows_are_dropped(chosen):
    """What a device that has listened to background computes for the clip after it."""
    hops = chosen.run_in_hops
    background = np.random.default_rng(5).normal(0, 300, hops * chosen.hop_length)
    clip = speech(1)[0]
    whole = np.concatenate([background.round().astype(np.int16), clip])
    stream = Stream(chosen)
    rows = np.concatenate([stream.push(part.copy()) for part in np.array_split(whole, 77)])
    longer = replace(chosen, clip_ms=chosen.clip_ms + chosen.run_in_ms)
    warm = features(whole[None], longer)[0, hops:]
    np.testing.assert_array_equal(rows[hops:], warm)
    assert len(warm) == chosen.n_frames
    cold = features(clip[None], chosen)[0]
    assert np.mean(warm != cold) > 0.2
