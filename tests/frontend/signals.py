"""Settings and signals that the tests of this folder share."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import strategies as st

from nas.audio.household.house import House
from nas.audio.household.sounds import SOUNDS
from nas.errors import ConfigError
from nas.frontend import LogMelSettings, check

RATES = (4_000, 8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)


ST_AED = LogMelSettings(
    window_ms=25,
    hop_ms=10,
    n_mels=64,
    fmin_hz=125,
    fmax_hz=7_500,
    triangles="hz",
    spectrum_kind="magnitude",
    scale_kind="ln",
    log_offset=1e-4,
    fft_length=512,
)
"""ST's audio event detection: librosa's htk=True, power=1, norm=None, then log(x + 1e-4)."""
CLASSES = {
    "default": LogMelSettings(),
    "st_aed": ST_AED,
    "yamnet": replace(ST_AED, triangles="mel", log_offset=1e-3),
    "librosa": LogMelSettings(mel_scale="slaney", triangles="hz", fmin_hz=0, fmax_hz=8_000),
    "slaney_magnitude": LogMelSettings(
        mel_scale="slaney", spectrum_kind="magnitude", window_kind="hamming", n_mels=32
    ),
    "ln_power": LogMelSettings(scale_kind="ln", log_offset=1e-6, remove_mean=True),
    "floor": LogMelSettings(floor_db=-60, window_ms=20, hop_ms=10, fft_length=1_024),
    "emphasis": LogMelSettings(pre_emphasis=0.97, window_kind="hamming", window_ms=25, hop_ms=10),
    "all_before": LogMelSettings(
        pre_emphasis=0.95, remove_mean=True, spectrum_kind="magnitude", window_ms=64, n_mels=64
    ),
    "8_khz": LogMelSettings(
        sample_rate_hz=8_000, window_ms=32, hop_ms=16, n_mels=32, fmin_hz=60, fmax_hz=3_800
    ),
    "8_khz_slaney": LogMelSettings(
        sample_rate_hz=8_000,
        window_ms=25,
        hop_ms=10,
        n_mels=20,
        fmax_hz=4_000,
        mel_scale="slaney",
        triangles="hz",
        spectrum_kind="magnitude",
        scale_kind="ln",
    ),
    "zeros_behind": LogMelSettings(
        window_ms=25, hop_ms=10, scale_kind="ln", log_offset=1e-7, fft_length=2_048
    ),
    "zeros_behind_2_ms": LogMelSettings(
        window_ms=2,
        hop_ms=2,
        n_mels=8,
        scale_kind="ln",
        log_offset=1e-8,
        fft_length=256,
        window_kind="hamming",
    ),
}
"""One of each class of settings, on clips of one second."""


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
    drawn = replace(drawn, **draw(options(drawn)))
    return drawn if _works(drawn) else draw(st.just(LogMelSettings(clip_ms=200)))


def options(drawn):
    """Values of the settings that choose how, and not how many."""
    longer = [
        length for length in (0, 64, 256, 2_048) if length == 0 or length >= drawn.win_length
    ]
    return st.fixed_dictionaries(
        {
            "mel_scale": st.sampled_from(("htk", "slaney")),
            "triangles": st.sampled_from(("mel", "hz")),
            "spectrum_kind": st.sampled_from(("power", "magnitude")),
            "window_kind": st.sampled_from(("hann", "hamming")),
            "scale_kind": st.sampled_from(("db", "ln")),
            "floor_db": st.integers(-120, -20),
            "log_offset": st.floats(1e-10, 1.0),
            "pre_emphasis": st.one_of(st.just(0.0), st.floats(0.0, 0.99)),
            "remove_mean": st.booleans(),
            "fft_length": st.sampled_from(longer),
        }
    )


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


def household(count):
    """`count` clips of generated household sound, 16 kHz [shape=(count, 16000)]."""
    rng = np.random.default_rng(12)
    clips = []
    while len(clips) < count:
        house = House.draw(rng)
        clips += [house.record(label, rng) for label in SOUNDS]
    return np.stack([clip[:16_000] for clip in clips[:count]])


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
