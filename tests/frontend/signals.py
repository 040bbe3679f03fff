"""Settings and signals that the tests of this folder share."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.frontend import LogMelSettings, check

RATES = (4_000, 8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)


@st.composite
def settings(draw):
    """Settings over the whole range that `check` accepts, on short clips."""
    rate = draw(st.sampled_from(RATES))
    window_ms = draw(st.integers(2, 64))
    fmin_hz = draw(st.integers(0, rate // 4))
    drawn = LogMelSettings(
        sample_rate_hz=rate,
        clip_ms=draw(st.integers(window_ms, 200)),
        window_ms=window_ms,
        hop_ms=draw(st.integers(1, window_ms)),
        n_mels=draw(st.integers(8, 64)),
        fmin_hz=fmin_hz,
        fmax_hz=draw(st.integers(fmin_hz + rate // 8, rate // 2)),
    )
    return drawn if _works(drawn) else draw(st.just(LogMelSettings(clip_ms=200)))


def _works(drawn):
    try:
        check(drawn)
    except ConfigError:
        return False
    return True


def extremes(length, seed):
    """Signals that reach the ends of every integer [shape=(n, length)]."""
    rng = np.random.default_rng(seed)
    time = np.arange(length)
    square = np.where(time // 8 % 2, 32_767, -32_768)
    impulse = np.where(time == length // 3, -32_768, 0)
    clips = [
        np.zeros(length),
        np.full(length, -32_768),
        np.full(length, 32_767),
        square,
        np.where(time % 2, 32_767, -32_768),
        impulse,
        np.where(time == length // 2, 1, 0),
        rng.integers(-32_768, 32_768, length),
        rng.choice([-32_768, 32_767], length),
        rng.normal(0, 1, length).round(),
    ]
    return np.array(clips).astype(np.int16)


def speech(count):
    """`count` clips of one second at 16 kHz [shape=(count, 16000)], or a skip with its reason."""
    root = Path(__file__).parents[2]
    shared = Path(os.environ.get("NAS_SHARED", root.parent / "shared"))
    files = sorted((shared / "data/speech_commands").glob("[a-z]*/*.wav"))
    if not files:
        pytest.skip(f"no recordings in {shared}/data/speech_commands: set NAS_SHARED")
    chosen = files[:: max(1, len(files) // count)][:count]
    clips = np.zeros((len(chosen), 16_000), dtype=np.int16)
    for clip, path in zip(clips, chosen, strict=True):
        samples = soundfile.read(path, dtype="int16")[0][:16_000]
        clip[: len(samples)] = samples
    return clips
