"""Small recordings, made where a test needs them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 16_000


def tone(*, hz: float = 440.0, ms: int = 100, rate: int = RATE, peak: float = 0.5) -> np.ndarray:
    """Return peak * sin(2 pi hz t) [shape=(n,)]."""
    return peak * np.sin(2 * np.pi * hz * np.arange(rate * ms // 1_000) / rate)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write samples below tmp_path/data and return the path."""

    def _write(name: str, samples: np.ndarray, rate: int = RATE, **how: str) -> Path:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate, **how)
        return path

    return _write


@pytest.fixture
def folder_tree(write: Callable[..., Path], tmp_path: Path) -> Path:
    """Two classes of ten different tones each, 50 ms."""
    for index in range(10):
        write(f"low/{index}.wav", tone(hz=200 + 10 * index, ms=50))
        write(f"high/{index}.wav", tone(hz=2_000 + 10 * index, ms=50))
    return tmp_path / "data"


@pytest.fixture
def front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand a small front end in for the real one: the mean magnitude of each piece."""
    from tests.audio import double

    double.install(monkeypatch)
