"""The integer front end against librosa, which puts a short window in the middle of the FFT."""

import librosa
import numpy as np
import pytest

from nas.frontend import LogMelSettings, features
from tests.frontend import float_reference
from tests.frontend.signals import household, speech

SETTINGS = [
    LogMelSettings(mel_scale="slaney", triangles="hz", fmin_hz=0, fmax_hz=8_000),
    LogMelSettings(triangles="hz"),
    LogMelSettings(triangles="hz", window_kind="hamming", window_ms=25, hop_ms=10, n_mels=64),
    LogMelSettings(triangles="hz", spectrum_kind="magnitude", scale_kind="ln", n_mels=32),
]


def librosa_features(samples, settings):
    """Features in float64 of one clip, bands by librosa [shape=(n_frames, n_mels)]."""
    beside = settings.n_fft - settings.win_length
    padded = np.pad(samples / 32_768, (beside // 2, beside - beside // 2))
    sums = librosa.feature.melspectrogram(
        y=padded,
        sr=settings.sample_rate_hz,
        n_fft=settings.n_fft,
        hop_length=settings.hop_length,
        win_length=settings.win_length,
        window=settings.window_kind,
        center=False,
        power=1.0 if settings.spectrum_kind == "magnitude" else 2.0,
        n_mels=settings.n_mels,
        fmin=settings.fmin_hz,
        fmax=settings.fmax_hz,
        htk=settings.mel_scale == "htk",
        norm=None,
        dtype=np.float64,
    )
    return float_reference.scaled(sums.T[: settings.n_frames], settings)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("recorded", [speech, household], ids=["speech", "household"])
def test_librosa_sees_the_same(settings, recorded):
    samples = recorded(20)
    wanted = np.array([librosa_features(clip, settings) for clip in samples])
    computed = features(samples, settings).astype(np.int64)
    distance = np.abs(computed - float_reference.as_int8(wanted))
    assert np.mean(distance <= 1) >= 0.995
    assert distance.max() <= 3
