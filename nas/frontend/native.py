"""The C front end as a shared library: built once by the system's `cc`, loaded with ctypes."""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from nas.config import resource_dir
from nas.errors import BuildError
from nas.files import atomic_path
from nas.frontend.settings import LogMelSettings
from nas.frontend.tables import LogMelTables, build

__all__ = ["FLAGS", "features", "library", "tables_struct"]

FLAGS = ("-std=c99", "-O3", "-fPIC", "-shared")


class TablesStruct(ctypes.Structure):
    """``nas_log_mel_tables_t`` of firmware/include/nas/log_mel.h."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("sine", ctypes.c_void_p),
        ("mel_start", ctypes.c_void_p),
        ("mel_weight", ctypes.c_void_p),
        ("log2_table", ctypes.c_void_p),
        ("log_offset", ctypes.c_int32),
        ("win_length", ctypes.c_uint16),
        ("hop_length", ctypes.c_uint16),
        ("n_fft", ctypes.c_uint16),
        ("n_mels", ctypes.c_uint16),
    )


def features(samples: NDArray[np.int16], settings: LogMelSettings) -> NDArray[np.int8]:
    """Return the log-mel features [shape=(n, n_frames, n_mels)] of `samples`, computed in C.

    Raises:
        BuildError: no compiler, or it failed.
    """
    clip = library().nas_log_mel_clip
    tables = tables_struct(build(settings))
    work = np.empty(settings.n_fft, dtype=np.int32)
    out = np.empty((len(samples), settings.n_frames, settings.n_mels), dtype=np.int8)
    for row, target in zip(samples, out, strict=True):
        one = np.ascontiguousarray(row)
        clip(ctypes.byref(tables), one.ctypes.data, one.size, work.ctypes.data, target.ctypes.data)
    return out


def tables_struct(tables: LogMelTables) -> TablesStruct:
    """Return the C struct; it points into the arrays of `tables`, which must stay alive."""
    pointers = {name: array.ctypes.data for name, array in tables.arrays.items()}
    return TablesStruct(
        **pointers,
        log_offset=tables.log_offset,
        win_length=tables.win_length,
        hop_length=tables.hop_length,
        n_fft=tables.n_fft,
        n_mels=tables.n_mels,
    )


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Return the loaded library; build it first if the cache does not hold it.

    Raises:
        BuildError: no compiler, no place for the cache, or the compiler failed.
    """
    path = _built()
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError as error:
        raise BuildError(f"{path}: cannot be loaded: {error}; delete it and try again") from None
    pointer = ctypes.c_void_p
    loaded.nas_log_mel_clip.argtypes = [pointer, pointer, ctypes.c_size_t, pointer, pointer]
    loaded.nas_log_mel_clip.restype = ctypes.c_size_t
    return loaded


def _built() -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise BuildError("no C compiler `cc` on PATH; install one (Debian package gcc)")
    path = _cache_dir() / f"front_end-{_key(compiler)}.so"
    if not path.is_file():
        _compile(compiler, path)
    return path


def _cache_dir() -> Path:
    root = os.environ.get("NAS_CACHE_DIR") or platformdirs.user_cache_dir("nas")
    return Path(root).expanduser() / "frontend"


def _sources() -> list[Path]:
    return sorted((resource_dir("firmware") / "frontend").glob("*.c"))


def _key(compiler: str) -> str:
    """Digest of what the library follows from: sources, headers, compiler, flags, machine."""
    headers = [resource_dir("firmware") / "include/nas" / f"{n}.h" for n in _HEADERS]
    version = subprocess.run([compiler, "--version"], capture_output=True, check=False).stdout
    whole = hashlib.sha256(version + " ".join([*FLAGS, platform.machine()]).encode())
    for source in [*_sources(), *headers]:
        whole.update(source.name.encode() + b"\0" + source.read_bytes())
    return whole.hexdigest()[:20]


_HEADERS = ("fft", "fixed", "log_mel")


def _compile(compiler: str, path: Path) -> None:
    """Build to a temporary file and rename it: two processes at once leave one whole library."""
    include = f"-I{resource_dir('firmware') / 'include'}"
    sources = [str(source) for source in _sources()]
    try:
        with atomic_path(path) as temporary:
            command = [compiler, *FLAGS, include, *sources, "-o", str(temporary)]
            subprocess.run(command, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        first = (error.stderr.strip().splitlines() or ["no message"])[0]
        raise BuildError(f"`cc` failed on the front end: {first}") from None
    except OSError as error:
        raise BuildError(f"{path.parent}: {error.strerror}; set NAS_CACHE_DIR") from None
