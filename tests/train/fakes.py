"""A feature store without audio: bands that light up by class, in noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nas.audio.dataset import Split
from nas.frontend import LogMelSettings
from nas.space.candidate import Candidate

SETTINGS = LogMelSettings(
    sample_rate_hz=8_000, clip_ms=500, window_ms=32, hop_ms=32, n_mels=8, fmin_hz=80, fmax_hz=3_800
)
N_CLASSES = 3
SIZES = {Split.TRAIN: 120, Split.VALIDATION: 60, Split.TEST: 60}


@dataclass
class FakeStore:
    """Class c lights bands 2c and 2c + 1 for a third of the time."""

    noise: float = 25.0

    def features(
        self, split: Split, settings: LogMelSettings, augment: str = "off", copy: int = 0
    ) -> NDArray[np.int8]:
        seed = [list(Split).index(split), copy if augment != "off" else 0]
        rng = np.random.default_rng(seed)
        labels = self.labels(split)
        values = rng.normal(-60.0, self.noise, (len(labels), settings.n_frames, settings.n_mels))
        start = rng.integers(0, settings.n_frames // 2, len(labels))
        for clip, (label, first) in enumerate(zip(labels, start, strict=True)):
            values[clip, first : first + 5, 2 * label : 2 * label + 2] += 90.0
        return np.clip(np.rint(values), -128, 127).astype(np.int8)

    def labels(self, split: Split) -> NDArray[np.int64]:
        return np.arange(SIZES[split]) % N_CLASSES


def ds_cnn(**training: int | float | str) -> Candidate:
    """Return a small DS-CNN candidate."""
    network: dict[str, int | str | bool] = {
        "stem_width": 8,
        "stem_kernel": "3x3",
        "stem_stride": "2x1",
        "blocks": 1,
        "width_1": 12,
        "kernel_1": "3x3",
        "stride_1": "1x1",
        "residual": False,
        "head": "gap",
        "dense_units": 0,
    }
    choices = {"learning_rate": 0.01, "batch_size": 20, "augment": "light"} | training
    return Candidate("ds_cnn", SETTINGS, network, choices)
