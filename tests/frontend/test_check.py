import json
import math

import pytest

from nas.errors import ConfigError
from nas.frontend import LogMelSettings, check, settings_of
from tests.frontend.signals import ST_AED


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"sample_rate_hz": 48_000, "window_ms": 64, "fmax_hz": 8_000}, "window_ms", "42 ms"),
        ({"n_mels": 128, "window_ms": 10, "hop_ms": 10}, "n_mels", "fewer bands"),
        ({"fmin_hz": 1_000, "fmax_hz": 1_010}, "n_mels", "wider range"),
        ({"fmin_hz": 1, "fmax_hz": 2}, "n_mels", "wider range"),
        ({"fft_length": 256}, "fft_length", "use 0"),
        ({"fft_length": 2_048, "window_ms": 10, "hop_ms": 10}, "fft_length", "use 1024 or fewer"),
        ({"fft_length": 512, "window_ms": 2, "hop_ms": 2}, "fft_length", "use 256 or fewer"),
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mel_scale": "bark"}, "mel_scale: 'bark' is unknown; known: htk, slaney"),
        ({"triangles": "mels"}, "triangles: 'mels' is unknown; known: mel, hz"),
        ({"spectrum_kind": "log"}, "spectrum_kind: 'log' is unknown; known: power, magnitude"),
        ({"window_kind": "blackman"}, "window_kind: 'blackman' is unknown; known: hann, hamming"),
        ({"scale_kind": "log"}, "scale_kind: 'log' is unknown; known: db, ln"),
        ({"fft_length": 500}, "fft_length: 500 is unknown; known: 0, 64, 128"),
        ({"pre_emphasis": 1.0}, r"pre_emphasis: 1\.0 is outside 0\.0 to 0\.99"),
        ({"pre_emphasis": math.nan}, "pre_emphasis: nan is outside"),
        ({"log_offset": 0.0}, r"log_offset: 0\.0 is outside 1e-10 to 1\.0"),
        ({"floor_db": 0}, "floor_db: 0 is outside -120 to -20"),
    ],
)
def test_a_value_that_is_none_of_those_known(changes, message):
    with pytest.raises(ConfigError, match=f"^{message}"):
        LogMelSettings(**changes)


def test_settings_survive_a_file():
    values = json.loads(json.dumps(ST_AED.to_dict()))
    assert settings_of(values) == ST_AED
    assert hash(settings_of(values)) == hash(ST_AED)


def test_settings_of_before_the_options_are_todays():
    old = ("sample_rate_hz", "clip_ms", "window_ms", "hop_ms", "n_mels", "fmin_hz", "fmax_hz")
    values = LogMelSettings(n_mels=32).to_dict()
    assert settings_of({key: values[key] for key in old}) == LogMelSettings(n_mels=32)
