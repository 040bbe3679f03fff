"""Our microfrontend against the original: TensorFlow's op, and pymicro-features' C.

Two figures. With the original's 16-bit FFT put before our other stages, nearly every value is the
original's: those stages are the same. With our 32-bit FFT values differ where the 16-bit FFT's own
noise is heard, in quiet frames and in channels far below the loudest; there ours is nearer to
float64 (test_micro_against_float.py), and the tolerance says how often that happens.
"""

import os
from dataclasses import replace

import numpy as np
import pytest

from nas.frontend import features
from nas.frontend.kinds.micro import MicroSettings, reference
from nas.frontend.kinds.micro.tables import build
from tests.frontend import micro_float, micro_original
from tests.frontend.micro_cases import as_int8
from tests.frontend.signals import speech

EIGHT_KHZ = MicroSettings(
    sample_rate_hz=8_000, clip_ms=2_000, hop_ms=10, n_channels=24, fmin_hz=100, fmax_hz=3_800
)
OTHER = MicroSettings(
    window_ms=64, hop_ms=32, n_channels=64, smoothing_bits=9, even_smoothing=0.1,
    odd_smoothing=0.04, min_signal_remaining=0.2, pcan_strength=0.8, pcan_offset=200,
    gain_bits=20, log_shift=5,
)  # fmt: skip
SETTINGS = [
    MicroSettings(),
    MicroSettings(pcan=False),
    MicroSettings(window_ms=25, hop_ms=10, n_channels=32),
    EIGHT_KHZ,
    OTHER,
]


@pytest.fixture(scope="module")
def original():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf
    from tensorflow.lite.experimental.microfrontend.python.ops import (
        audio_microfrontend_op as op,
    )

    def values(clips, settings):
        given = arguments(settings)
        rows = [op.audio_microfrontend(tf.constant(clip), **given).numpy() for clip in clips]
        return np.array(rows).astype(np.int64)

    return values


def arguments(settings):
    """The op's arguments; some have names of their own, and all are given."""
    same = (
        "smoothing_bits", "even_smoothing", "odd_smoothing", "min_signal_remaining",
        "pcan_strength", "gain_bits",
    )  # fmt: skip
    return {name: getattr(settings, name) for name in same} | {
        "sample_rate": settings.sample_rate_hz,
        "window_size": settings.window_ms,
        "window_step": settings.hop_ms,
        "num_channels": settings.n_channels,
        "lower_band_limit": float(settings.fmin_hz),
        "upper_band_limit": float(settings.fmax_hz),
        "enable_pcan": settings.pcan,
        "pcan_offset": float(settings.pcan_offset),
        "scale_shift": settings.log_shift,
    }


def loud(clips):
    return np.clip(clips.astype(int) * 20, -32_768, 32_767).astype(np.int16)


@pytest.mark.parametrize("given_settings", SETTINGS, ids=str)
@pytest.mark.parametrize("louder", [False, True])
def test_after_a_16_bit_fft_every_stage_is_the_originals(
    original, given_settings, louder, monkeypatch
):
    """What is left: tables that the original makes in 32-bit floats, chords of the logarithm."""
    clips = speech(40).reshape(-1, given_settings.clip_length)
    clips = loud(clips) if louder else clips
    wanted = original(clips, given_settings)
    distance = np.abs(micro_original.values(clips, given_settings, monkeypatch) - wanted)
    assert wanted.max() > 250
    assert np.mean(distance == 0) >= 0.975
    assert np.mean(distance <= 1) >= 0.999


def within(a, b, steps):
    return np.mean(np.abs(a - b) <= steps)


@pytest.mark.parametrize(
    ("given_settings", "one", "three"),
    [(MicroSettings(), 0.89, 0.93), (MicroSettings(pcan=False), 0.88, 0.93), (OTHER, 0.88, 0.92)],
    ids=str,
)
def test_speech_against_the_op(original, given_settings, one, three):
    """Shares of int8 features within one and within three steps of the original's."""
    clips = speech(56)
    step = build(given_settings).feature_step
    theirs = as_int8(original(clips, given_settings), step)
    ours = features(clips, given_settings).astype(np.int64)
    assert within(ours, theirs, 1) >= one
    assert within(ours, theirs, 3) >= three
    true = as_int8(micro_float.values(clips, given_settings), step)
    assert 1 - within(ours, true, 1) < 0.1 * (1 - within(theirs, true, 1))


def test_loud_wide_band_noise_against_the_op(original):
    """No channel is far below another, so that the 16-bit FFT's noise hardly counts."""
    settings = MicroSettings(pcan=False, log_shift=5)
    noise = np.random.default_rng(1).normal(0, 2_000, (20, 16_000)).astype(np.int16)
    theirs = original(noise, settings)
    distance = np.abs(reference.values(noise, settings) - theirs)
    assert np.mean(distance <= 1) >= 0.99
    assert distance.max() <= 8


def test_speech_against_pymicro_features(original):
    """Its C with fixed settings, 30/10 ms and 40 channels with PCAN; it scales values by 1 / 25.6.

    It is streamed in portions of 10 ms, as its users do.
    """
    package = pytest.importorskip("pymicro_features", reason="pip install pymicro-features")
    settings = MicroSettings(hop_ms=10)
    clips = speech(56)
    theirs = np.array([streamed(package.MicroFrontend(), clip) for clip in clips])
    exact = original(clips, settings)
    assert np.mean(np.abs(theirs - exact) <= 1) >= 0.98
    step = build(settings).feature_step
    ours = features(clips, settings).astype(np.int64)
    assert within(ours, as_int8(theirs, step), 1) >= 0.9
    assert within(ours, as_int8(theirs, step), 3) >= 0.93


def streamed(frontend, clip):
    rows, place = [], 0
    while place < len(clip):
        given = clip[place : place + 160]
        out = frontend.process_samples(given.tobytes())
        place += out.samples_read
        if out.features:
            rows.append(out.features)
    return np.rint(25.6 * np.array(rows)).astype(np.int64)


def test_a_run_in_of_background_settles_the_features(original):
    """After it, features hardly depend on what was heard before the run-in."""
    settings = MicroSettings()
    rng = np.random.default_rng(6)
    before = np.array([np.zeros(16_000), rng.normal(0, 300, 16_000)]).round().astype(np.int16)
    run_in = rng.normal(0, 300, settings.run_in_hops * settings.hop_length).round()
    after = np.concatenate([run_in.astype(np.int16), speech(1)[0]])
    whole = np.array([np.concatenate([start, after]) for start in before])
    rows = features(whole, replace(settings, clip_ms=whole.shape[1] // 16)).astype(np.int64)
    kept = rows[:, -settings.n_frames :]
    # 5 % of the noise estimate: 0.41 dB, a step or so; more where little is left of the signal.
    assert within(kept[0], kept[1], 2) >= 0.9
    first = rows[:, 50 : 50 + settings.n_frames]
    assert within(first[0], first[1], 2) < within(kept[0], kept[1], 2)
