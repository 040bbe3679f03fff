"""The raw waveform: C, NumPy, streams and devices give the same bytes; settings are checked."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.frontend import check, features, native, settings_of
from nas.frontend.kinds.raw import KIND, RawSettings
from nas.frontend.kinds.raw.tables import build
from nas.frontend.sizes import sizes
from tests.frontend.kind_checks import (
    Stream,
    assert_sizes,
    compiled_at,
    emulated,
    sanitized,
    streamed,
)
from tests.frontend.signals import RATES, extremes, speech

DEVICE = [
    RawSettings(clip_ms=300),
    RawSettings(clip_ms=300, decimation=1, window_ms=64, hop_ms=64),
    RawSettings(clip_ms=300, decimation=16, window_ms=3, hop_ms=3),
    RawSettings(clip_ms=300, decimation=5, gain_db=48),
    RawSettings(clip_ms=300, sample_rate_hz=11_025, decimation=11, gain_db=17),
]


@st.composite
def drawn(draw):
    """Settings over the whole range that `check` accepts."""
    rate = draw(st.sampled_from(RATES))
    window_ms = draw(st.integers(1, 64))
    hop = rate * window_ms // 1_000
    return RawSettings(
        sample_rate_hz=rate,
        clip_ms=draw(st.integers(window_ms, 200)),
        window_ms=window_ms,
        hop_ms=window_ms,
        decimation=draw(st.sampled_from([d for d in range(1, 17) if hop % d == 0])),
        gain_db=draw(st.integers(0, 48)),
    )


@budget(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=drawn(), seed=st.integers(0, 2**32 - 1), loudness=st.integers(0, 15))
def test_random_settings(chosen, seed, loudness):
    check(chosen)
    limit = 1 << loudness
    rng = np.random.default_rng(seed)
    samples = rng.integers(-limit, limit, (2, chosen.clip_length), dtype=np.int16, endpoint=False)
    expected = KIND.reference(samples, chosen)
    assert expected.shape == (2, chosen.n_frames, chosen.n_bins)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("chosen", DEVICE, ids=str)
def test_extreme_signals(chosen):
    samples = extremes(chosen.clip_length, seed=3)
    expected = KIND.reference(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("decimation", [1, 2, 4, 16])
def test_speech(decimation):
    samples, chosen = speech(100), RawSettings(decimation=decimation)
    expected = KIND.reference(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@budget(max_examples=60, deadline=None)
@given(chosen=drawn(), seed=st.integers(0, 2**32 - 1), largest=st.integers(1, 5_000))
def test_any_portions(chosen, seed, largest):
    rng = np.random.default_rng(seed)
    samples = rng.integers(-32_768, 32_768, (1, chosen.clip_length)).astype(np.int16)
    stream, whole = Stream(chosen), native.features(samples, chosen)[0]
    for _ in range(2):
        rows = streamed(stream, samples[0], rng, largest=largest)
        np.testing.assert_array_equal(rows, whole)
        stream.restart()


def test_a_stream_goes_on_where_a_clip_begins_with_zeros():
    """The second half of a stream is the second half of the whole clip, not a clip of its own."""
    half, whole = RawSettings(decimation=8, clip_ms=500), RawSettings(decimation=8)
    samples = np.random.default_rng(1).integers(-9_000, 9_000, 16_000).astype(np.int16)
    stream = Stream(whole)
    stream.push(samples[:8_000])
    second = stream.push(samples[8_000:])
    np.testing.assert_array_equal(second, features(samples[None], whole)[0, 25:])
    alone = features(samples[None, 8_000:], half)[0]
    differ = (second != alone).ravel()
    assert differ[:11].any()
    assert not differ[11:].any()  # 88 samples before are all that 96 taps see


@pytest.mark.parametrize("chosen", DEVICE, ids=str)
def test_no_undefined_behaviour_and_the_same_bytes(tmp_path, chosen):
    samples = extremes(chosen.clip_length, seed=6)
    twice = np.stack([KIND.reference(samples, chosen)] * 2, axis=1)
    np.testing.assert_array_equal(sanitized(chosen, samples, tmp_path), twice)


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2"])
def test_the_same_bytes_at_every_level(tmp_path, monkeypatch, level):
    chosen = RawSettings(clip_ms=300, decimation=4)
    samples = extremes(chosen.clip_length, seed=7)
    library = compiled_at(level, tmp_path)
    monkeypatch.setattr(native, "library", lambda: library)
    expected = KIND.reference(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("core", ["cortex-m0", "cortex-m4", "rv32imc"])
def test_the_same_bytes_on_emulated_boards(tmp_path, core):
    chosen = RawSettings(decimation=4, clip_ms=100)
    samples = np.concatenate([speech(1)[0, 8_000:8_800], extremes(chosen.clip_length, seed=8)[7]])
    samples = samples[: chosen.clip_length]
    rows, _ = emulated(chosen, samples, core, tmp_path)
    np.testing.assert_array_equal(rows, KIND.reference(samples[None], chosen)[0])


@pytest.mark.parametrize("compiler", ["cc", "arm-none-eabi-gcc"])
@pytest.mark.parametrize("chosen", DEVICE, ids=str)
def test_sizes_are_what_a_32_bit_compiler_says(tmp_path, chosen, compiler):
    assert_sizes(chosen, tmp_path, compiler)


def test_multiplications_by_hand():
    """16 kHz / 2: 160 values of 24 taps in a hop of 20 ms."""
    assert sizes(RawSettings()).macs_per_hop == 160 * 24
    assert sizes(RawSettings(decimation=1)).macs_per_hop == 320


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"window_ms": 30, "hop_ms": 20}, "window_ms", "same value"),
        ({"decimation": 3}, "decimation", "one of 1, 2, 4, 5, 8, 10, 16, or another hop_ms"),
    ],
)
def test_what_cannot_work_together_is_refused(changes, field, hint):
    with pytest.raises(ConfigError, match=rf"^{field}: [^\n]*{hint}[^\n]*$"):
        check(RawSettings(**changes))


@pytest.mark.parametrize(
    ("field", "value", "span"),
    [
        ("decimation", 0, "1 to 16"),
        ("decimation", 17, "1 to 16"),
        ("gain_db", -1, "0 to 48"),
        ("gain_db", 49, "0 to 48"),
        ("window_ms", 65, "1 to 64"),
    ],
)
def test_values_out_of_range_name_it(field, value, span):
    with pytest.raises(ConfigError, match=f"^{field}: {value} is outside {span}$"):
        RawSettings(**{field: value})


def test_settings_come_back_from_their_dict():
    chosen = RawSettings(decimation=4, gain_db=12)
    assert settings_of(chosen.to_dict()) == chosen
    assert chosen.words == "80 values at 4000 Hz"
    assert chosen.run_in_ms == 0
    assert build(chosen) is build(RawSettings(decimation=4, gain_db=12))
