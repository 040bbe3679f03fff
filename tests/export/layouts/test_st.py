"""ST's tables: their form, and the features that ST's chain computes with them."""

import json

import numpy as np
import pytest

from nas.errors import ConfigError
from nas.export.layouts import write_targets
from nas.export.layouts.st import problem, quantization, tables
from nas.export.layouts.tree import Tree
from nas.frontend import LogMelSettings, reference
from tests.export.layouts.cross import HEADERS, compile_all
from tests.export.layouts.formats import c_arrays, defines
from tests.export.toy import SETTINGS

FLT_MIN = np.float32(1.17549435e-38)


def st_features(samples, settings, arrays, scale):
    """ST's LogMelSpectrogramColumn_q15_Q8 in float32, from its documentation and sources:

    samples to [-1, 1), window in the middle of the FFT, power, bands, FLT_MIN for nothing, ln,
    round(value * inv_scale + offset), saturated to int8.
    """
    inv_scale, offset = scale
    left = (settings.n_fft - settings.win_length) // 2
    rows = []
    for start in range(0, settings.n_frames * settings.hop_length, settings.hop_length):
        frame = samples[start : start + settings.win_length].astype(np.float32) / 32768
        padded = np.zeros(settings.n_fft, np.float32)
        padded[left : left + settings.win_length] = frame * arrays["user_win"]
        power = (np.abs(np.fft.rfft(padded)) ** 2).astype(np.float32)
        lut, energies = iter(arrays["user_melFilterLut"]), []
        starts, stops = arrays["user_melFilterStartIndices"], arrays["user_melFilterStopIndices"]
        for first, last in zip(starts, stops, strict=True):
            energies.append(sum(next(lut) * power[k] for k in range(int(first), int(last) + 1)))
        assert next(lut, None) is None
        value = np.log(np.maximum(np.array(energies, np.float32), FLT_MIN))
        rows.append(np.clip(np.floor(value * inv_scale + offset + 0.5), -128, 127))
    return np.array(rows)


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        LogMelSettings(clip_ms=300, window_ms=25, hop_ms=10, n_mels=64, fmin_hz=125, fmax_hz=7500),
        LogMelSettings(clip_ms=300, sample_rate_hz=8_000, n_mels=32, fmax_hz=3_800),
        LogMelSettings(clip_ms=200, window_ms=64, hop_ms=32, n_mels=128, fmin_hz=0, fmax_hz=8_000),
    ],
)
def test_st_computes_our_features_within_a_step(settings):
    """A step from the offset's rounding and ours; below -100 energies of few units differ more."""
    rng = np.random.default_rng(2)
    loudness = np.exp(rng.uniform(3, 9.5, 6))[:, None]
    clips = rng.normal(size=(6, settings.clip_length)) * loudness
    clips = np.clip(clips, -32768, 32767).astype(np.int16)
    ours = reference.features(clips, settings)
    arrays = {name: values.tolist() for name, values in tables(settings).items()}
    for clip, expected in zip(clips, ours, strict=True):
        got = st_features(clip, settings, arrays, quantization(settings))
        loud = expected > -100
        assert loud.mean() > 0.9
        assert np.abs(got - expected)[loud].max() <= 2
        assert (np.abs(got - expected)[loud] <= 1).mean() > 0.999


def test_files_have_the_tables(tree, tmp_path):
    place = tree.path / "targets/st"
    written = c_arrays(place / "user_mel_tables.c")
    for name, values in tables(SETTINGS).items():
        np.testing.assert_array_equal(np.array(written[name], values.dtype), values)
    declared = (place / "user_mel_tables.h").read_text()
    assert f"extern const float32_t user_win[{SETTINGS.win_length}];" in declared
    assert f"extern const uint32_t user_melFilterStopIndices[{SETTINGS.n_mels}];" in declared
    compile_all("cortex-m4", tmp_path, [place / "user_mel_tables.c"], [HEADERS / "st"])


NAMES = {
    "MODE_NAME", "MODE_NB_OUTPUT", "MODE_OUTPUT_1", "MODE_CLASS_NUMBER", "MODE_CLASS_LIST",
    "SENSOR_TYPE", "SENSOR_NAME", "SENSOR_ODR", "SENSOR_FS", "NB_SAMPLES", "PREPROC",
    "SPECTROGRAM_NMEL", "SPECTROGRAM_COL", "SPECTROGRAM_HOP_LENGTH", "SPECTROGRAM_NFFT",
    "SPECTROGRAM_WINDOW_LENGTH", "SPECTROGRAM_NORMALIZE", "SPECTROGRAM_FORMULA",
    "SPECTROGRAM_FMIN", "SPECTROGRAM_FMAX", "SPECTROGRAM_TYPE", "SPECTROGRAM_LOG_FORMULA",
    "SPECTROGRAM_SILENCE_THR", "SPECTROGRAM_WIN", "SPECTROGRAM_MEL_LUT",
    "SPECTROGRAM_MEL_START_IDX", "SPECTROGRAM_MEL_STOP_IDX", "OOD_THR",
}  # fmt: skip


def test_config_has_every_name_that_the_application_reads(tree):
    found = defines(tree.path / "targets/st/ai_model_config.h")
    assert {f"CTRL_X_CUBE_AI_{name}" for name in NAMES} | {"CTRL_SEQUENCE"} <= set(found)
    value = {name: found[f"CTRL_X_CUBE_AI_{name}"] for name in NAMES}
    assert value["SPECTROGRAM_NMEL"] == "(16U)"
    assert value["SPECTROGRAM_COL"] == f"({SETTINGS.n_frames}U)"
    assert value["SPECTROGRAM_WIN"] == "(user_win)"
    assert value["MODE_CLASS_NUMBER"] == f"({len(tree.manifest['labels'])}U)"
    assert value["MODE_CLASS_LIST"].count(",") == len(tree.manifest["labels"]) - 1


LEARNT = {"normalise": "per_channel", "channel_gains": [1], "channel_offsets": [0]}


@pytest.mark.parametrize(
    ("other", "told"),
    [({"kind": "mfcc"}, "its features are mfcc"), (LEARNT, "has no such normalise: per_channel")],
    ids=["mfcc", "normalised"],
)
def test_other_features_get_no_folder(tree, tmp_path, other, told):
    (tmp_path / "generated").mkdir()
    manifest = {**tree.manifest, "frontend": {**SETTINGS.to_dict(), **other}}
    (tmp_path / "generated/manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "model.tflite").write_bytes((tree.path / "model.tflite").read_bytes())
    assert told in problem(Tree(tmp_path))
    with pytest.raises(ConfigError, match=f"--target st: .*{told}"):
        write_targets(tmp_path, ["st"])
