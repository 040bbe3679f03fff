"""Where the repository lies, and the folder of recordings and reference models beside it."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def shared(folder: str) -> Path:
    """Return `folder` of the shared folder (NAS_SHARED, else ../shared); skip if absent."""
    root = Path(os.environ.get("NAS_SHARED") or REPOSITORY.parent / "shared")
    path = root / folder
    if not path.exists():
        pytest.skip(f"missing data {folder}: set NAS_SHARED to the folder that holds it")
    return path
