"""Per-channel normalisation: bytes, float version, limits of its values, what it takes."""

from dataclasses import replace

import numpy as np
import pytest

from nas.cost.instructions import hop_instructions
from nas.cost.probe_settings import random_settings
from nas.errors import ConfigError
from nas.frontend import KINDS, LogMelSettings, native, reference, settings_of, tables_c
from nas.frontend.float_reference import error_of, float_features
from nas.frontend.kinds.mfcc import MfccSettings
from nas.frontend.kinds.spectrum import SpectrumSettings
from nas.frontend.normalise import STEPS_A_DEVIATION, values_for
from nas.frontend.sizes import sizes
from tests.frontend.kind_checks import Stream, assert_sizes, sanitized, streamed
from tests.frontend.signals import extremes, speech

PLAIN = [
    LogMelSettings(),
    LogMelSettings(floor_db=-60, scale_kind="ln", pre_emphasis=0.97),
    LogMelSettings(floor_db=-40, window_ms=20),
    MfccSettings(),
    MfccSettings(window_ms=64, n_mels=80, n_mfcc=40, lifter=40),
    MfccSettings(n_mels=10, n_mfcc=10, lifter=22),
    SpectrumSettings(),
]


def shown(settings):
    return f"{settings.kind}-{settings.n_bins}-{settings.window_ms}"


def learnt(settings, samples):
    """Settings normalised by what `samples` teach."""
    values = native.features(samples, settings.plain).reshape(-1, settings.n_bins).astype(np.int64)
    offsets, gains = values_for(len(values), values.sum(axis=0), np.square(values).sum(axis=0))
    return replace(settings, normalise="per_channel", channel_offsets=offsets, channel_gains=gains)


def drawn(settings, rng):
    n = settings.n_bins
    ends = rng.random(2) < 0.5
    gains = rng.choice([1, 32_767], n) if ends[0] else rng.integers(1, 32_768, n)
    offsets = rng.choice([-16_000, 16_000], n) if ends[1] else rng.integers(-16_000, 16_001, n)
    return replace(
        settings,
        normalise="per_channel",
        channel_offsets=tuple(offsets.tolist()),
        channel_gains=tuple(gains.tolist()),
    )


@pytest.mark.parametrize("kind", ["log_mel", "mfcc", "spectrum"])
def test_c_is_numpy_at_random_settings_and_values(kind):
    rng = np.random.default_rng(8)
    for _ in range(25):
        settings = drawn(random_settings(KINDS[kind], rng), rng)
        samples = extremes(settings.clip_length, seed=2)
        expected = reference.features(samples, settings)
        np.testing.assert_array_equal(native.features(samples, settings), expected)


@pytest.mark.parametrize("plain", PLAIN, ids=shown)
def test_what_has_learnt_nothing_changes_nothing(plain):
    """Gains of 1 and offsets of 0 give the bytes of no normalisation, in C too."""
    samples = np.concatenate([speech(10), extremes(16_000, seed=1)])
    identity = replace(plain, normalise="per_channel")
    assert identity.is_unlearnt
    expected = native.features(samples, plain)
    np.testing.assert_array_equal(native.features(samples, identity), expected)
    np.testing.assert_array_equal(reference.features(samples, identity), expected)


@pytest.mark.parametrize("plain", [one for one in PLAIN if one.window_ms != 20], ids=shown)
def test_mean_and_deviation_are_as_promised(plain):
    """Of each channel that is not silent; int8 cuts 1 value in 100 at most."""
    samples = speech(100)
    settings = learnt(plain, samples)
    values = native.features(samples, settings).reshape(-1, plain.n_bins).astype(np.float64)
    before = native.features(samples, plain).reshape(-1, plain.n_bins)
    heard = before.std(axis=0) > 5
    assert heard.sum() >= plain.n_bins // 2
    assert np.abs(values.mean(axis=0)).max() < 0.2
    assert np.abs(values.std(axis=0) / STEPS_A_DEVIATION - 1)[heard].max() < 0.03
    assert np.mean((values == 127) | (values == -128)) < 0.01


def test_values_in_closed_form():
    """Half of the features at m - d, half at m + d: mean m, deviation d."""
    pairs = np.array([[-90, -70], [20, 100], [7, 7], [-128, -128]])
    offsets, gains = values_for(2, pairs.sum(axis=1), np.square(pairs).sum(axis=1))
    ratios = np.array([32 / 10, 32 / 40, 32 / 5, 32 / 5])  # a deviation below 5 counts as 5
    assert gains == tuple(np.rint(4_096 * ratios))
    np.testing.assert_allclose(offsets, -16 * ratios * [-80, 60, 7, -128], atol=1)


@pytest.mark.parametrize("plain", PLAIN, ids=shown)
def test_close_to_float(plain):
    samples = speech(60)
    settings = learnt(plain, samples)
    error = error_of(native.features(samples, settings), float_features(samples, settings))
    assert error.within_one >= 0.995
    assert error.largest <= 4


@pytest.mark.parametrize("plain", [PLAIN[0], PLAIN[6]], ids=shown)
def test_streams_and_sanitizers(plain, tmp_path):
    settings = replace(drawn(plain, np.random.default_rng(3)), clip_ms=plain.clip_ms)
    samples = extremes(settings.clip_length, seed=5)
    whole = native.features(samples, settings)
    rng = np.random.default_rng(6)
    for clip, rows in zip(samples[:4], whole, strict=False):
        np.testing.assert_array_equal(streamed(Stream(settings), clip, rng, largest=999), rows)
    out = sanitized(settings, samples, tmp_path)
    np.testing.assert_array_equal(out[:, 0], whole)
    np.testing.assert_array_equal(out[:, 1], whole)


@pytest.mark.parametrize("plain", [PLAIN[0], PLAIN[3], PLAIN[6]], ids=shown)
@pytest.mark.parametrize("compiler", ["arm-none-eabi-gcc"])
def test_sizes_are_a_compilers_and_do_not_hang_on_the_values(plain, compiler, tmp_path):
    taught = drawn(plain, np.random.default_rng(1))
    assert sizes(taught) == sizes(replace(plain, normalise="per_channel"))
    assert_sizes(taught, tmp_path, compiler)
    more = {"log_mel": (4 * 40, 40), "mfcc": (0, 0), "spectrum": (4 * 48, 48)}[plain.kind]
    less = sizes(plain)
    found = sizes(taught)
    assert (found.table_bytes - less.table_bytes, found.macs_per_hop - less.macs_per_hop) == more


@pytest.mark.parametrize("plain", [PLAIN[0], PLAIN[3], PLAIN[6]], ids=shown)
def test_instructions_are_priced_and_do_not_hang_on_the_values(plain):
    identity = replace(plain, normalise="per_channel")
    taught = drawn(plain, np.random.default_rng(1))
    before, after = (hop_instructions(one, "cortex-m4") for one in (plain, identity))
    assert hop_instructions(taught, "cortex-m4") == after
    each = {"log_mel": 40, "mfcc": 0, "spectrum": 48}[plain.kind]
    assert 8 * each <= after - before <= 20 * each  # two loads, product, sum, limits


def test_settings_without_it_do_not_mention_it():
    """Fingerprints and caches of before stay valid."""
    assert not {"normalise", "channel_gains"} & LogMelSettings().to_dict().keys()
    unlearnt = LogMelSettings(normalise="per_channel")
    assert unlearnt.to_dict().items() >= {"normalise": "per_channel"}.items()
    assert "channel_gains" not in unlearnt.to_dict()
    for settings in (LogMelSettings(), unlearnt, drawn(unlearnt, np.random.default_rng(0))):
        assert settings_of(settings.to_dict()) == settings
        assert len(max(tables_c.emit(settings)[0].splitlines(), key=len)) < 100


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"normalise": "all"}, "normalise: 'all' is unknown; known: none, per_channel"),
        ({"channel_gains": (1,)}, "channel_gains: 1 values where normalise is none"),
        (
            {"normalise": "per_channel", "channel_offsets": (0,) * 40},
            "channel_gains: 0 values for 40 channels",
        ),
        (
            {"normalise": "per_channel", "channel_offsets": (0,), "channel_gains": (1,) * 40},
            "channel_offsets: 1 values for 40 channels",
        ),
        (
            {"normalise": "per_channel", "channel_offsets": (0,) * 40, "channel_gains": (0,) * 40},
            "channel_gains: 0 is outside 1 to 32767",
        ),
        (
            {"normalise": "per_channel", "channel_offsets": (16_001,) * 40},
            "channel_offsets: 16001 is outside -16000 to 16000",
        ),
    ],
)
def test_bad_values_are_named(given, said):
    with pytest.raises(ConfigError, match=f"^{said}"):
        LogMelSettings(**given)
