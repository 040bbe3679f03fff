"""Settings from plain values, as candidate files and results keep them."""

import json

import numpy as np
import pytest

from nas.errors import ConfigError
from nas.frontend import KINDS, LogMelSettings, native, settings_of
from nas.frontend.fields import fields_of

LEARNT = {"normalise": "per_channel", "channel_offsets": [0] * 40, "channel_gains": [4_096] * 40}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_writes_is_read_back(kind):
    settings = KINDS[kind].settings()
    assert settings_of(json.loads(json.dumps(settings.to_dict()))) == settings


def test_a_whole_number_stands_for_a_fraction():
    found = settings_of({"kind": "log_mel", "pre_emphasis": 0})
    assert json.dumps(found.to_dict()) == json.dumps(LogMelSettings().to_dict())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"n_mels": "40"}, "n_mels: '40' is not a whole number from 8 to 128"),
        ({"n_mels": None}, "n_mels: None is not a whole number from 8 to 128"),
        ({"n_mels": 40.0}, "n_mels: 40.0 is not a whole number from 8 to 128"),
        ({"n_mels": 200}, "n_mels: 200 is outside 8 to 128"),
        ({"n_mels": [40]}, r"n_mels: \[40\] is not a whole number"),
        ({"clip_ms": True}, "clip_ms: True is not a whole number from 1 to 60000"),
        ({"window_ms": float("nan")}, "window_ms: nan is not a whole number from 1 to 64"),
        ({"log_offset": float("nan")}, "log_offset: nan is not a number from 1e-10 to 1.0"),
        ({"remove_mean": 1}, "remove_mean: 1 is not true or false"),
        ({"mel_scale": 3}, "mel_scale: 3 is not one of htk, slaney"),
        ({"mel_scale": ["htk"]}, r"mel_scale: \['htk'\] is not one of htk, slaney"),
        ({"fft_length": True}, "fft_length: True is not one of 0, 64"),
        ({"kind": "micro", "gain_bits": 21.5}, "gain_bits: 21.5 is not a whole number from 17 to"),
        ({"kind": "micro", "pcan": 1}, "pcan: 1 is not true or false"),
        ({"kind": ["micro"]}, r"kind: \['micro'\] is unknown; known: log_mel"),
        ({"kind": "nope"}, "kind: 'nope' is unknown; known: log_mel"),
        ({"n_mel": 40}, "n_mel: log_mel has no such setting; it has sample_rate_hz"),
        ({**LEARNT, "channel_gains": [1.5] * 40}, "channel_gains: 1.5 is not a whole number"),
        ({**LEARNT, "channel_offsets": [None] * 40}, "channel_offsets: None is not a whole"),
        (
            {**LEARNT, "channel_gains": "abc"},
            "channel_gains: 'abc' is not a list of whole numbers",
        ),
        ({**LEARNT, "channel_gains": [0] * 40}, "channel_gains: 0 is outside 1 to 32767"),
        ([1], r"front end: found \[1\], expected settings by name"),
    ],
)
def test_values_of_another_type_are_refused_with_the_one_wanted(values, words):
    with pytest.raises(ConfigError, match=f"^{words}"):
        settings_of(values)


def test_a_range_holds_beside_the_best_of_the_others():
    """48 kHz has most room for fmax_hz, and the longest window for hop_ms."""
    found = {name: field.range for name, field in fields_of(LogMelSettings).items()}
    assert found["fmax_hz"] == (1, 24_000)
    assert found["fmin_hz"] == (0, 23_999)
    assert found["window_ms"] == found["hop_ms"] == (1, 64)
    assert found["mel_scale"] is found["remove_mean"] is None
    assert fields_of(KINDS["mfcc"].settings)["n_mfcc"].range == (10, 40)


def test_tables_live_while_c_reads_them(monkeypatch):
    """The cache of tables may forget them at any moment of a call."""
    settings = LogMelSettings(clip_ms=100)
    samples = np.random.default_rng(0).integers(-9_000, 9_000, (1, 1_600)).astype(np.int16)
    wanted = native.features(samples, settings)
    plain = native.tables_struct

    def forgetful(tables):
        struct = plain(tables)
        KINDS["log_mel"].tables.cache_clear()
        return struct

    monkeypatch.setattr(native, "tables_struct", forgetful)
    assert np.array_equal(native.features(samples, settings), wanted)
