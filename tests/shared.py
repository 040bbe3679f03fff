"""Material beside the repository that is not part of it: reference models."""

import os
from pathlib import Path

import pytest


def shared_dir() -> Path:
    """Return ``../shared`` of the repository, or what NAS_SHARED says."""
    beside = Path(__file__).parents[2] / "shared"
    return Path(os.environ.get("NAS_SHARED", beside))


def reference_model(name: str) -> Path:
    """Return one of the four published models; skip naming the place where it is missing."""
    path = shared_dir() / "reference" / f"{name}.tflite"
    if not path.is_file():
        pytest.skip(f"missing reference model {path}: set NAS_SHARED to the folder that holds it")
    return path
