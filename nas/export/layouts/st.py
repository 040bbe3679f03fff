"""Tables and settings for ST's audio application (model zoo services, audio getting started).

It computes log-mel features in float: window, FFT, power, mel bands, natural logarithm, then
``round(value * inv_scale + offset)``. Our feature is 7.5 steps a doubling of the energy, 120 at
the energy of a full-scale sine; samples there are between -1 and 1.
"""

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.export.c_source import string_literal
from nas.export.layouts.tree import Tree
from nas.files import write_text
from nas.frontend import FrontEndSettings, LogMelSettings, settings_of
from nas.frontend.fields import learnt_of
from nas.frontend.kinds import kind_of

__all__ = ["problem", "quantization", "tables", "write"]

Q15 = 1 << 15
STEPS_A_DOUBLING = 7.5
FULL_SCALE_FEATURE = 120


def problem(tree: Tree) -> str | None:
    """Return why ST's application cannot compute the features, or None."""
    given = tree.manifest["frontend"]
    if given["kind"] != LogMelSettings.kind:
        return f"its features are {given['kind']}, ST's application computes log_mel"
    usual = LogMelSettings().to_dict()
    common = (one.name for one in fields(FrontEndSettings))
    free = {*common, "n_mels", "fmin_hz", "fmax_hz", *learnt_of(LogMelSettings)}
    given = {key: value for key, value in given.items() if key not in free}
    other = sorted(key for key, value in given.items() if value != usual.get(key))
    named = ", ".join(f"{key}: {given[key]}" for key in other)
    return f"ST's application has no such {named}" if other else None


def write(tree: Tree, folder: Path) -> None:
    """Write `user_mel_tables.c`, `user_mel_tables.h` and `ai_model_config.h`."""
    settings = settings_of(tree.manifest["frontend"])
    arrays = tables(settings)
    write_text(folder / "user_mel_tables.h", _tables_h(tree.banner, arrays))
    write_text(folder / "user_mel_tables.c", _tables_c(tree.banner, arrays))
    write_text(folder / "ai_model_config.h", _config_h(tree, settings))


def tables(settings: Any) -> dict[str, NDArray[Any]]:
    """Return ST's tables by name.

    Returns:
        user_win: the window [shape=(win_length,)] float32; user_melFilterLut: weights of the
        bins of each band, band after band, float32; user_melFilterStartIndices and
        user_melFilterStopIndices: first and last bin of each band [shape=(n_mels,)] uint32.
    """
    built = kind_of(settings).tables(settings).arrays
    half = built["window"].astype(np.float32) / Q15
    index = np.arange(settings.win_length)
    bands = [_band(built, band) for band in range(settings.n_mels)]
    return {
        "user_win": half[np.minimum(index, settings.win_length - index)],
        "user_melFilterLut": np.concatenate([weights for _, weights in bands]),
        "user_melFilterStartIndices": np.array([first for first, _ in bands], np.uint32),
        "user_melFilterStopIndices": np.array(
            [first + len(weights) - 1 for first, weights in bands], np.uint32
        ),
    }


def _band(built: dict[str, NDArray[Any]], band: int) -> tuple[int, NDArray[np.float32]]:
    """Return first bin and weights of a band; a band without a bin gets one of weight 0."""
    first, top, end = (int(built["mel_start"][band + i]) for i in range(3))
    origin = int(built["mel_start"][0])
    share = built["mel_weight"].astype(np.float32) / Q15
    rising = share[first - origin : top - origin]
    falling = 1 - share[top - origin : end - origin]
    weights = np.concatenate([rising, falling]).astype(np.float32)
    return first, weights if len(weights) else np.zeros(1, np.float32)


def quantization(settings: Any) -> tuple[float, int]:
    """Return inv_scale and offset that bring a natural logarithm to our feature.

    One side of the spectrum of a full-scale sine holds n_fft x sum(w^2) / 4 (Parseval).
    """
    window = tables(settings)["user_win"].astype(np.float64)
    reference = settings.n_fft * float(np.sum(window**2)) / 4
    offset = FULL_SCALE_FEATURE - STEPS_A_DOUBLING * math.log2(reference)
    return STEPS_A_DOUBLING / math.log(2), round(offset)


def _tables_h(banner: str, arrays: dict[str, NDArray[Any]]) -> str:
    lines = "".join(f"extern const {_head(name, it)};\n" for name, it in arrays.items())
    return (
        f"/* {banner} */\n"
        "#ifndef USER_MEL_TABLES_H\n#define USER_MEL_TABLES_H\n\n"
        f'#include "arm_math.h"\n\n{lines}\n#endif\n'
    )


def _tables_c(banner: str, arrays: dict[str, NDArray[Any]]) -> str:
    bodies = "\n".join(
        f"const {_head(name, it)} = {{\n{_values(it)}}};\n" for name, it in arrays.items()
    )
    return f'/* {banner} */\n#include "user_mel_tables.h"\n\n{bodies}'


def _head(name: str, values: NDArray[Any]) -> str:
    kind = "uint32_t" if values.dtype == np.uint32 else "float32_t"
    return f"{kind} {name}[{values.size}]"


def _values(values: NDArray[Any]) -> str:
    """Return the literals, eight a line; a float's are exact."""
    if values.dtype == np.uint32:
        texts = [f"{value}U" for value in values.tolist()]
    else:
        texts = [f"{value!r}F" for value in values.tolist()]
    rows = (texts[i : i + 8] for i in range(0, len(texts), 8))
    return "".join(f"    {', '.join(row)},\n" for row in rows)


def _config_h(tree: Tree, settings: Any) -> str:
    labels = ", ".join(map(string_literal, tree.labels()))
    inv_scale, offset = quantization(settings)
    lut = tables(settings)["user_melFilterLut"].size
    macros = {
        "MODE_NAME": '"X-CUBE-AI AED"',
        "MODE_NB_OUTPUT": "(1U)",
        "MODE_OUTPUT_1": "(CTRL_AI_CLASS_DISTRIBUTION)",
        "MODE_CLASS_NUMBER": f"({len(tree.labels())}U)",
        "MODE_CLASS_LIST": f"{{{labels}}}",
        "SENSOR_TYPE": "(COM_TYPE_MIC)",
        "SENSOR_NAME": '"imp34dt05"',
        "SENSOR_ODR": f"({settings.sample_rate_hz}.0F)",
        "SENSOR_FS": "(112.5F)",
        "NB_SAMPLES": "(0U)",
        "PREPROC": "(CTRL_AI_SPECTROGRAM_LOG_MEL)",
        "SPECTROGRAM_NMEL": f"({settings.n_mels}U)",
        "SPECTROGRAM_COL": f"({settings.n_frames}U)",
        "SPECTROGRAM_HOP_LENGTH": f"({settings.hop_length}U)",
        "SPECTROGRAM_NFFT": f"({settings.n_fft}U)",
        "SPECTROGRAM_WINDOW_LENGTH": f"({settings.win_length}U)",
        "SPECTROGRAM_NORMALIZE": "(0U)",
        "SPECTROGRAM_FORMULA": "(MEL_HTK)",
        "SPECTROGRAM_FMIN": f"({settings.fmin_hz}U)",
        "SPECTROGRAM_FMAX": f"({settings.fmax_hz}U)",
        "SPECTROGRAM_TYPE": "(SPECTRUM_TYPE_POWER)",
        "SPECTROGRAM_LOG_FORMULA": "(LOGMELSPECTROGRAM_SCALE_LOG)",
        "SPECTROGRAM_SILENCE_THR": "(0)",
        "SPECTROGRAM_WIN": "(user_win)",
        "SPECTROGRAM_MEL_LUT": "(user_melFilterLut)",
        "SPECTROGRAM_MEL_START_IDX": "(user_melFilterStartIndices)",
        "SPECTROGRAM_MEL_STOP_IDX": "(user_melFilterStopIndices)",
        "OOD_THR": "(0.0F)",
    }
    lines = [f"#define CTRL_X_CUBE_AI_{name} {value}" for name, value in macros.items()]
    return (
        f"/* {tree.banner}\n * Model: sha256 {tree.digest}\n */\n"
        "#ifndef AI_MODEL_CONFIG_H\n#define AI_MODEL_CONFIG_H\n\n" + "\n".join(lines) + "\n"
        "#define CTRL_SEQUENCE {CTRL_CMD_PARAM_AI, 0}\n\n"
        "/* What brings ST's natural logarithm to the network's input: see README.md. */\n"
        f"#define NAS_ST_MEL_LUT_LENGTH ({lut}U)\n"
        f"#define NAS_ST_Q_INV_SCALE ({inv_scale!r}F)\n"
        f"#define NAS_ST_Q_OFFSET ({offset})\n\n#endif\n"
    )
