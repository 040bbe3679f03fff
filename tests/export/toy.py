"""A small network on the features of a front end: conv, mean, fully connected, softmax."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.frontend import FrontEndSettings, LogMelSettings
from tests.export.flat import Flat

SETTINGS = LogMelSettings(clip_ms=500, window_ms=32, hop_ms=16, n_mels=16)


def toy_model(
    n_classes: int = 4,
    *,
    input_scale: float = 1 / 32,
    seed: int = 0,
    settings: FrontEndSettings = SETTINGS,
) -> bytes:
    rng, flat = np.random.default_rng(seed), Flat()
    frames, mels = settings.n_frames, settings.n_bins
    source = flat.tensor((1, frames, mels, 1), scale=input_scale, zero_point=0)
    conv = _weighted(flat, rng, (8, 5, 3, 1), input_scale)
    maps = flat.tensor((1, -(-frames // 2), -(-mels // 2), 8), scale=0.05, zero_point=-128)
    same = {"padding": schema.Padding.SAME, "strideH": 2, "strideW": 2}
    flat.op("CONV_2D", (source, *conv), maps, "Conv2DOptions", fusedActivationFunction=1, **same)
    means = flat.tensor((1, 8), scale=0.05, zero_point=-128)
    axes = flat.tensor((2,), data=np.array([1, 2], np.int32))
    flat.op("MEAN", (maps, axes), means, "ReducerOptions", keepDims=False)
    dense = _weighted(flat, rng, (n_classes, 8), 0.05)
    logits = flat.tensor((1, n_classes), scale=0.03, zero_point=3)
    flat.op("FULLY_CONNECTED", (means, *dense), logits, "FullyConnectedOptions")
    target = flat.tensor((1, n_classes), scale=1 / 256, zero_point=-128)
    flat.op("SOFTMAX", (logits,), target, "SoftmaxOptions", beta=1.0)
    return flat.content([source], [target])


def clips(count: int, seed: int = 0, length: int = SETTINGS.clip_length) -> np.ndarray:
    """Noise whose loudness rises and falls, so that features and outputs vary."""
    rng = np.random.default_rng(seed)
    loudness = np.exp(rng.uniform(2, 10, (count, 1)))
    swell = 0.1 + np.abs(np.sin(np.linspace(0, 3, length)))
    noise = rng.normal(size=(count, length)) * loudness * swell
    return np.clip(noise, -32_768, 32_767).astype(np.int16)


def _weighted(flat, rng, shape, in_scale):
    scale = (rng.uniform(0.5, 1.0, shape[0]) * 0.02).astype(np.float32)
    data = rng.integers(-127, 128, shape).astype(np.int8)
    bias = rng.integers(-2000, 2000, shape[0]).astype(np.int32)
    filter_ = flat.tensor(shape, scale=scale, data=data)
    return filter_, flat.tensor((shape[0],), scale=scale * np.float32(in_scale), data=bias)
