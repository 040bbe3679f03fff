import pytest

from nas.errors import ConfigError
from nas.frontend import LogMelSettings, check


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"sample_rate_hz": 48_000, "window_ms": 64, "fmax_hz": 8_000}, "window_ms", "42 ms"),
        ({"n_mels": 128, "window_ms": 10, "hop_ms": 10}, "n_mels", "fewer bands"),
        ({"fmin_hz": 1_000, "fmax_hz": 1_010}, "n_mels", "wider range"),
        ({"fmin_hz": 1, "fmax_hz": 2}, "n_mels", "wider range"),
    ],
)
def test_what_cannot_work_is_refused(changes, field, hint):
    with pytest.raises(ConfigError, match=rf"^{field}: .*{hint}"):
        check(LogMelSettings(**changes))


def test_a_clip_shorter_than_a_frame_in_samples():
    # 11,025 Hz: 10 ms are 110 samples of clip and of window; equal is enough.
    check(
        LogMelSettings(
            sample_rate_hz=11_025, clip_ms=10, window_ms=10, hop_ms=5, n_mels=8, fmax_hz=5_512
        )
    )


def test_the_hint_of_the_longest_window_works():
    check(LogMelSettings(sample_rate_hz=48_000, window_ms=42, fmax_hz=20_000))


@pytest.mark.parametrize("n_mels", [8, 20, 40, 64, 80])
def test_usual_settings_work(n_mels):
    check(LogMelSettings(n_mels=n_mels))
