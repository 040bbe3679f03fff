"""The spectrum: C, NumPy, streams and devices give the same bytes; settings are checked."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.frontend import check, native, settings_of
from nas.frontend.kinds.spectrum import KIND, SpectrumSettings
from nas.frontend.kinds.spectrum.tables import build
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
    SpectrumSettings(clip_ms=300),
    SpectrumSettings(clip_ms=300, window_ms=64, hop_ms=20, fmax_hz=8_000),
    SpectrumSettings(clip_ms=300, window_ms=25, hop_ms=10, fmax_hz=7_000, pre_emphasis=0.97),
    SpectrumSettings(clip_ms=300, window_ms=2, hop_ms=1, fmax_hz=8_000),
    SpectrumSettings(clip_ms=300, sample_rate_hz=48_000, window_ms=42, hop_ms=42),
    SpectrumSettings(clip_ms=300, sample_rate_hz=11_025, window_ms=11, hop_ms=7),
]


@st.composite
def drawn(draw):
    """Settings over the whole range that `check` accepts."""
    rate = draw(st.sampled_from(RATES))
    window_ms = draw(st.integers(1, min(64, 2_048_000 // rate)))
    n_fft = SpectrumSettings(sample_rate_hz=rate, window_ms=window_ms, hop_ms=1, fmax_hz=1).n_fft
    return SpectrumSettings(
        sample_rate_hz=rate,
        clip_ms=draw(st.integers(window_ms, 200)),
        window_ms=window_ms,
        hop_ms=draw(st.integers(1, window_ms)),
        fmax_hz=draw(st.integers(-(-rate // n_fft), rate // 2)),
        pre_emphasis=draw(st.sampled_from([0.0, 0.0, 0.5, 0.97, 0.99])),
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


def test_speech():
    samples, chosen = speech(200), SpectrumSettings()
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


@pytest.mark.parametrize("chosen", DEVICE, ids=str)
def test_no_undefined_behaviour_and_the_same_bytes(tmp_path, chosen):
    samples = extremes(chosen.clip_length, seed=6)
    twice = np.stack([KIND.reference(samples, chosen)] * 2, axis=1)
    np.testing.assert_array_equal(sanitized(chosen, samples, tmp_path), twice)


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2"])
def test_the_same_bytes_at_every_level(tmp_path, monkeypatch, level):
    chosen = SpectrumSettings(clip_ms=300)
    samples = extremes(chosen.clip_length, seed=7)
    library = compiled_at(level, tmp_path)
    monkeypatch.setattr(native, "library", lambda: library)
    expected = KIND.reference(samples, chosen)
    np.testing.assert_array_equal(native.features(samples, chosen), expected)


@pytest.mark.parametrize("core", ["cortex-m0", "cortex-m4", "rv32imc"])
def test_the_same_bytes_on_emulated_boards(tmp_path, core):
    chosen = SpectrumSettings(clip_ms=96, hop_ms=8)
    samples = np.concatenate([speech(1)[0, 8_000:8_800], extremes(chosen.clip_length, seed=8)[7]])
    samples = samples[: chosen.clip_length]
    rows, _ = emulated(chosen, samples, core, tmp_path)
    np.testing.assert_array_equal(rows, KIND.reference(samples[None], chosen)[0])


@pytest.mark.parametrize("compiler", ["cc", "arm-none-eabi-gcc"])
@pytest.mark.parametrize("chosen", DEVICE, ids=str)
def test_sizes_are_what_a_32_bit_compiler_says(tmp_path, chosen, compiler):
    assert_sizes(chosen, tmp_path, compiler)


def test_multiplications_by_hand():
    """256 window; 128 complex points: pairs at h = 2, 8, 32 after a bare stage; split; power."""
    products = 12 * (1 * 16 + 7 * 4 + 31 * 1)
    assert sizes(SpectrumSettings()).macs_per_hop == 256 + products + 256 + 2 * 48


def test_the_known_setting():
    """256-sample frames and 48 bins at 16 kHz: 62.5 Hz to 3,000 Hz."""
    chosen = SpectrumSettings()
    assert (chosen.win_length, chosen.n_fft, chosen.n_bins) == (256, 256, 48)
    assert chosen.words == "48 bins"


def test_the_unit_is_half_the_windows_sum():
    """0.54 x 256 / 2 at 16 - 8 fraction bits."""
    assert build(SpectrumSettings()).unit == round(0.54 * 128 * 256)
    assert build(SpectrumSettings(pre_emphasis=0.97)).unit == round(0.54 * 128 * 128)


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"sample_rate_hz": 48_000, "window_ms": 64}, "window_ms", "42 ms"),
        ({"fmax_hz": 62}, "fmax_hz", "first FFT bin, 62.5 Hz"),
    ],
)
def test_what_cannot_work_together_is_refused(changes, field, hint):
    with pytest.raises(ConfigError, match=rf"^{field}: [^\n]*{hint}[^\n]*$"):
        check(SpectrumSettings(**changes))


@pytest.mark.parametrize(
    ("field", "value", "span"),
    [
        ("fmax_hz", 0, "1 to 8000"),
        ("fmax_hz", 8_001, "1 to 8000"),
        ("pre_emphasis", 1.0, "0.0 to 0.99"),
    ],
)
def test_values_out_of_range_name_it(field, value, span):
    with pytest.raises(ConfigError, match=f"^{field}: {value} is outside {span}$"):
        SpectrumSettings(**{field: value})


def test_the_bin_at_half_the_rate_is_left_out():
    check(SpectrumSettings(fmax_hz=63))
    assert SpectrumSettings(fmax_hz=63).n_bins == 1
    assert SpectrumSettings(fmax_hz=8_000).n_bins == 127


def test_settings_come_back_from_their_dict():
    chosen = SpectrumSettings(fmax_hz=4_000)
    assert settings_of(chosen.to_dict()) == chosen
    assert build(chosen) is build(SpectrumSettings(fmax_hz=4_000))
