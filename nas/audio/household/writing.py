"""The generated clips on disk: the whole folder, or none of it."""

import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from nas.audio.household.house import House, generator
from nas.audio.household.recipe import HouseholdRecipe
from nas.audio.household.signal import CLIP_LENGTH, SAMPLE_RATE_HZ
from nas.audio.household.sounds import LABELS
from nas.errors import DataError
from nas.files import write_json

__all__ = ["RECORD", "clip_path", "generate"]

RECORD = "recipe.json"
WAV_BYTES = 44 + 2 * CLIP_LENGTH  # RIFF header of a PCM file, then int16 samples


def generate(out_dir: Path, seed: int, recipe: HouseholdRecipe) -> None:
    """Write every clip of `recipe` and the record of it to `out_dir`, unless they are there.

    Several processes may call at once: one writes, the others wait for it.

    Raises:
        DataError: `out_dir` holds something else, or cannot be written.
    """
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(out_dir.parent / f".{out_dir.name}.lock"):
            if not _complete(out_dir, seed, recipe):
                _replace(out_dir, seed, recipe)
    except OSError as error:
        raise DataError(
            f"{out_dir}: cannot be written: {error.strerror}; "
            "set NAS_CACHE_DIR to a folder with 50 MB of space"
        ) from None


def clip_path(label: str, house: int, index: int) -> Path:
    """Return where a clip lies, relative to the data set's folder."""
    return Path(label) / f"{house:02d}-{index:03d}.wav"


def _complete(out_dir: Path, seed: int, recipe: HouseholdRecipe) -> bool:
    """Tell whether `out_dir` holds these clips whole; False means it may be made anew."""
    if not out_dir.exists() or not any(out_dir.iterdir()):
        return False
    record = _record(out_dir)
    if record.get("recipe") != recipe.to_dict() or record.get("seed") != seed:
        raise DataError(
            f"{out_dir}: holds other files than household sounds of seed {seed}; "
            "remove the folder or name another one"
        )
    paths = (out_dir / clip_path(*key) for key in _keys(recipe))
    return all(path.is_file() and path.stat().st_size == WAV_BYTES for path in paths)


def _record(out_dir: Path) -> dict[str, Any]:
    try:
        record = json.loads((out_dir / RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _replace(out_dir: Path, seed: int, recipe: HouseholdRecipe) -> None:
    """Make the clips in a folder beside `out_dir`, then put it in place."""
    part = out_dir.parent / f".{out_dir.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        _fill(part, seed, recipe)
        shutil.rmtree(out_dir, ignore_errors=True)
        part.rename(out_dir)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(folder: Path, seed: int, recipe: HouseholdRecipe) -> None:
    sha = hashlib.sha256()
    for label in LABELS:
        (folder / label).mkdir(parents=True)
    for key, samples in _clips(seed, recipe):
        (folder / clip_path(*key)).write_bytes(_wav(samples))
        sha.update(samples.astype("<i2").tobytes())
    record = {"recipe": recipe.to_dict(), "seed": seed, "labels": list(LABELS)}
    made = {"numpy": np.__version__, "samples_sha256": sha.hexdigest()}
    write_json(folder / RECORD, {**record, **made})


def _wav(samples: NDArray[np.int16]) -> bytes:
    """Return `samples` as a WAV file; written by soundfile itself, each would be synced alone."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE_HZ, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _keys(recipe: HouseholdRecipe) -> Iterator[tuple[str, int, int]]:
    for house in range(recipe.houses):
        for label in LABELS:
            for index in range(recipe.clips):
                yield label, house, index


def _clips(
    seed: int, recipe: HouseholdRecipe
) -> Iterator[tuple[tuple[str, int, int], NDArray[np.int16]]]:
    """Yield every clip with its key; each has a generator of its own."""
    houses = [House.draw(generator(seed, house)) for house in range(recipe.houses)]
    for label, house, index in _keys(recipe):
        rng = generator(seed, house, LABELS.index(label), index)
        yield (label, house, index), houses[house].record(label, rng)
