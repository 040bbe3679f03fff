"""Small recordings that a tiny network can tell apart: tones of three pitches in noise."""

from pathlib import Path

import numpy as np
import soundfile

RATE = 8_000
PITCHES = {"low": 300.0, "mid": 900.0, "high": 2_400.0}


def write_tones(folder: Path, *, clips: int = 30, seconds: float = 0.5) -> Path:
    """Write `clips` WAVs a class; every one differs in pitch, level, phase and noise."""
    rng = np.random.default_rng(7)
    time = np.arange(int(RATE * seconds)) / RATE
    for label, pitch in PITCHES.items():
        (folder / label).mkdir(parents=True)
        for index in range(clips):
            tone = np.sin(2 * np.pi * pitch * rng.uniform(0.9, 1.1) * time + rng.uniform(0, 6))
            noise = rng.normal(0.0, 0.3, time.size)
            samples = (tone + noise) * rng.uniform(0.05, 0.4)
            path = folder / label / f"{index:03d}.wav"
            soundfile.write(path, np.clip(samples, -1, 1), RATE, subtype="PCM_16")
    return folder
