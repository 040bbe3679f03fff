"""Where studies lie, and what is read back from one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nas.errors import ConfigError

__all__ = ["find_result", "find_study", "only_one", "read_json", "results_of"]

LOCK_NAME = ".command.lock"


@contextmanager
def only_one(study_dir: Path) -> Iterator[None]:
    """Hold the study for a whole command, finalists and export included.

    Raises:
        ConfigError: another `nas search` is at it.
    """
    from filelock import FileLock, Timeout  # brings asyncio; commands that only read do without

    study_dir.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(study_dir / LOCK_NAME, timeout=0):
            yield
    except Timeout:
        raise ConfigError(
            f"{study_dir}: another `nas search` is at this study; wait for it or stop it, or "
            "name another study with --study"
        ) from None


def find_study(study: Path, results: Path) -> Path:
    """Return the folder of `study`: the path itself, or a name in `results`.

    Raises:
        ConfigError: no such study; the message lists those there are.
    """
    for place in (study, results / study):
        if (place / "study.json").is_file():
            return place
    known = sorted(path.parent.name for path in results.glob("*/study.json"))
    raise ConfigError(
        f"{study}: no study there and none of that name in {results}/; "
        f"known: {', '.join(known) or 'none, make one with `nas search`'}"
    )


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`; raises ConfigError where it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: expected a JSON object")
    return value


def find_result(place: Path, results: Path) -> Path:
    """Return the folder of a study or training: the path itself, or a name in `results`.

    Raises:
        ConfigError: neither is a folder with a result.
    """
    for folder in (place, results / place):
        if any((folder / part / "result.json").is_file() for part in ("", "winner")):
            return folder
    raise ConfigError(
        f"{place}: no result.json there and none of that name in {results}/; "
        "give a study that has a winner, or a training"
    )


def results_of(folder: Path) -> dict[str, Any]:
    """Return the result of a winner or of a training: `folder`/result.json or winner/ in it."""
    for place in (folder, folder / "winner"):
        if (place / "result.json").is_file():
            return read_json(place / "result.json")
    raise ConfigError(f"{folder}: no result.json; give a study that has a winner, or a training")
