"""Where cached arrays and scans lie; each file is written once, as a whole, by one process."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from filelock import FileLock
from numpy.typing import NDArray

from nas.files import atomic_path

__all__ = [
    "LIMIT_BYTES",
    "array_folder",
    "cache_dir",
    "cached_array",
    "evict",
    "locked",
    "used",
]

LIMIT_BYTES = 4 << 30
"""Cached arrays of all data sets together; the least recently used go first."""

TORN_SECONDS = 24 * 3_600
"""No array takes so long to write: a temporary file this old has lost its writer."""

Writer = Callable[[Path], None]


def cache_dir() -> Path:
    """Return ``NAS_CACHE_DIR``, or the user's cache folder of this tool."""
    named = os.environ.get("NAS_CACHE_DIR")
    return Path(named) if named else platformdirs.user_cache_path("nas")


def array_folder(cache: Path, digest: str) -> Path:
    """Return the folder of the arrays of the data set with this `digest`."""
    return cache / "arrays" / digest[:16]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of `path` across processes; released when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f"{path.name}.lock")):
        yield


def cached_array(path: Path, write: Writer, *, limit_bytes: int = LIMIT_BYTES) -> NDArray[Any]:
    """Return the array at `path` as a read-only memory map, written by `write` if not there.

    Several processes may ask at once: one writes, under a lock, and the others wait for it. What
    another process evicts stays readable here: the map is made before the array can be seen.
    """
    found = _open(path)
    if found is not None:
        return found
    with locked(path):
        found = _open(path)
        if found is not None:
            return found
        for torn in path.parent.glob(f".{path.name}.*.part"):  # its writer was killed
            torn.unlink(missing_ok=True)
        with atomic_path(path) as temporary:
            write(temporary)
            written: NDArray[Any] = np.load(temporary, mmap_mode="r", allow_pickle=False)
        evict(path.parents[1], limit_bytes, keep=path)
        return written


def used(path: Path) -> None:
    """Note that the array at `path` is in use: the least recently used are evicted first."""
    with suppress(FileNotFoundError):  # evicted, and still mapped here
        os.utime(path)


def evict(folder: Path, limit_bytes: int, *, keep: Path) -> None:
    """Delete the least recently used arrays under `folder` until they fit in `limit_bytes`.

    An array another process has mapped stays readable there until it is closed. What killed
    writers left goes after a day.
    """
    _clear_torn(folder)
    found = [(stat.st_mtime_ns, path, stat.st_size) for path, stat in _sized(folder, "*/*.npy")]
    total = sum(size for _, _, size in found)
    for _, path, size in sorted(found):
        if total <= limit_bytes:
            return
        if path != keep:
            path.unlink(missing_ok=True)
            total -= size


def _clear_torn(folder: Path) -> None:
    for path, stat in _sized(folder, "*/.*.part"):
        if stat.st_mtime < time.time() - TORN_SECONDS:
            path.unlink(missing_ok=True)


def _sized(folder: Path, pattern: str) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob(pattern):
        try:
            yield path, path.stat()
        except FileNotFoundError:  # another process was faster
            continue


def _open(path: Path) -> NDArray[Any] | None:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        return None
    used(path)
    return array
