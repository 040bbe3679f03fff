"""A network that hears two tones: each wins when it fills more than 16.5 of the 30 frames.

One convolution over the whole input sums the features of one band for each class. With m frames of
a tone at about +105 and the rest silent at -128, that sum is zero at m = 128 x 30 / 233 = 16.5;
the third class, silence, is zero always, so the softmax passes one half there.
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.frontend import LogMelSettings, reference
from tests.export.flat import Flat

SETTINGS = LogMelSettings(clip_ms=500, window_ms=32, hop_ms=16, n_mels=16)
LABELS = ["low", "high", "silence"]
HZ = {"low": 500, "high": 3_000}
HALF_FRAMES = 16.5


def tone(label: str, seconds: float, *, rate: int = SETTINGS.sample_rate_hz) -> np.ndarray:
    """A sine of half of full scale, as floats."""
    return 0.5 * np.sin(2 * np.pi * HZ[label] * np.arange(round(seconds * rate)) / rate)


def tones_model() -> bytes:
    flat, frames = Flat(), SETTINGS.n_frames
    source = flat.tensor((1, frames, 16, 1), scale=1 / 32, zero_point=0)
    weights = np.zeros((3, frames, 16, 1), np.int8)
    for index, label in enumerate(LABELS[:2]):
        weights[index, :, _band(label)] = 1
    scale = np.ones(3, np.float32)
    filter_ = flat.tensor(weights.shape, scale=scale, data=weights)
    bias = flat.tensor((3,), scale=scale / 32, data=np.zeros(3, np.int32))
    sums = flat.tensor((1, 1, 1, 3), scale=0.1, zero_point=0)
    whole = {"padding": schema.Padding.VALID, "strideH": 1, "strideW": 1}
    flat.op("CONV_2D", (source, filter_, bias), sums, "Conv2DOptions", **whole)
    logits = flat.tensor((1, 3), scale=0.1, zero_point=0)
    axes = flat.tensor((2,), data=np.array([1, 2], np.int32))
    flat.op("MEAN", (sums, axes), logits, "ReducerOptions", keepDims=False)
    target = flat.tensor((1, 3), scale=1 / 256, zero_point=-128)
    flat.op("SOFTMAX", (logits,), target, "SoftmaxOptions", beta=1.0)
    return flat.content([source], [target])


def _band(label: str) -> int:
    samples = np.rint(tone(label, 0.5) * 32_768).astype(np.int16)
    return int(reference.features(samples[None], SETTINGS)[0].mean(axis=0).argmax())
