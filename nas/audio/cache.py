"""Where cached arrays and scans lie; each file is written once, as a whole, by one process.

Beside each array stays an empty ``.lock``: to remove one that another process is about to take
would let two of them write. They hold no data and go with the cache folder.
"""

import os
import time
import tokenize
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from nas.config import cache_dir
from nas.errors import ConfigError
from nas.files import atomic_path

__all__ = [
    "LIMIT_BYTES",
    "allowed_bytes",
    "array_folder",
    "cache_dir",
    "cached_array",
    "evict",
    "locked",
    "used",
]

LIMIT_BYTES = 4 << 30
"""Cached arrays of all data sets together; the least recently used go first."""
LEAST_BYTES = 1 << 20

TORN_SECONDS = 24 * 3_600
"""No array takes so long to write: a temporary file this old has lost its writer."""

DAMAGE = (ValueError, EOFError, SyntaxError, tokenize.TokenError, TypeError, OverflowError)
"""What NumPy raises on a file that is not a whole array: of its start, its header, its length."""

Writer = Callable[[Path], None]


def allowed_bytes() -> int:
    """Return ``NAS_CACHE_BYTES``, or `LIMIT_BYTES`.

    Raises:
        ConfigError: not a whole number of at least a megabyte.
    """
    named = os.environ.get("NAS_CACHE_BYTES")
    if not named:
        return LIMIT_BYTES
    if not (named.isascii() and named.isdigit() and int(named) >= LEAST_BYTES):
        raise ConfigError(
            f"NAS_CACHE_BYTES: {named!r} is not a whole number of bytes from {LEAST_BYTES} on; "
            f"without it cached arrays may take {LIMIT_BYTES}"
        )
    return int(named)


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
    another process evicts stays readable here: the map is made before the array can be seen. A
    damaged file (cut short by a crash or a full disk) counts as none, and is written anew.
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
    """Return the array at `path`, or None where there is none, or not a whole one."""
    try:
        array = np.lib.format.open_memmap(path, mode="r")
        whole = array.offset + array.nbytes == path.stat().st_size
    except (FileNotFoundError, *DAMAGE):
        return None
    if not whole:
        return None
    used(path)
    return array
