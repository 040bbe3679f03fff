"""The microfrontend in C against its NumPy twin: every byte."""

import ctypes
import subprocess

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.config import resource_dir
from nas.frontend import features, native
from nas.frontend.kinds.micro import MicroSettings, reference
from tests.frontend.micro_cases import GRID, settings
from tests.frontend.signals import extremes, speech
from tests.tools import require


@budget(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=settings(), seed=st.integers(0, 2**32 - 1), loudness=st.integers(0, 15))
def test_random_settings(chosen, seed, loudness):
    rng = np.random.default_rng(seed)
    limit = 1 << loudness
    samples = rng.integers(-limit, limit, (2, chosen.clip_length), dtype=np.int16, endpoint=False)
    expected = reference.features(samples, chosen)
    assert expected.shape == (2, chosen.n_frames, chosen.n_channels)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("given_settings", GRID, ids=str)
def test_extreme_signals(given_settings):
    chosen = MicroSettings(clip_ms=300, **given_settings)
    samples = extremes(chosen.clip_length, seed=3)
    expected = reference.features(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("given_settings", GRID[:3], ids=str)
def test_speech(given_settings):
    samples = speech(100)
    chosen = MicroSettings(**given_settings)
    expected = reference.features(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-Os"])
def test_at_other_levels_of_optimisation(level, tmp_path, monkeypatch):
    compiler = require("cc", package="gcc")
    firmware = resource_dir("firmware")
    path = tmp_path / "front_end.so"
    command = [compiler, "-std=c99", level, "-fPIC", "-shared", f"-I{firmware / 'include'}"]
    command += [str(source) for source in (firmware / "frontend").glob("*.c")]
    subprocess.run([*command, "-o", str(path)], check=True)
    library = ctypes.CDLL(str(path))
    monkeypatch.setattr(native, "library", lambda: library)
    for given_settings in GRID:
        chosen = MicroSettings(clip_ms=300, **given_settings)
        samples = extremes(chosen.clip_length, seed=5)
        expected = reference.features(samples, chosen)
        np.testing.assert_array_equal(native.features(samples, chosen), expected)


def test_the_chunk_does_not_matter(monkeypatch):
    chosen = MicroSettings(clip_ms=100)
    samples = extremes(chosen.clip_length, seed=4)
    whole = reference.features(samples, chosen)
    monkeypatch.setattr(reference, "CHUNK", 10)
    np.testing.assert_array_equal(reference.features(samples, chosen), whole)


def test_each_clip_starts_from_the_initial_state():
    chosen = MicroSettings()
    samples = speech(3)
    alone = np.concatenate([features(one[None], chosen) for one in samples])
    np.testing.assert_array_equal(features(samples, chosen), alone)
    assert features(samples[:0], chosen).shape == (0, 49, 40)
