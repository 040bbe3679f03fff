"""The C front end as a shared library: built once by the system's `cc`, loaded with ctypes."""

import ctypes
import hashlib
import platform
import shutil
import subprocess
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nas.config import cache_dir, resource_dir
from nas.errors import BuildError
from nas.files import atomic_path
from nas.frontend.kinds import kind_of
from nas.frontend.settings import FrontEndSettings
from nas.frontend.tables import Tables

__all__ = ["FLAGS", "features", "library", "tables_struct"]

FLAGS = ("-std=c99", "-O3", "-fPIC", "-shared")
CLIP_ARGUMENTS = (
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_void_p,
    ctypes.c_void_p,
)
"""Tables, samples, n_samples, work, features: the same for every ``nas_<kind>_clip``."""


def features(samples: NDArray[np.int16], settings: FrontEndSettings) -> NDArray[np.int8]:
    """Return the features [shape=(n, n_frames, n_bins)] of `samples`, computed in C.

    Raises:
        BuildError: no compiler, or it failed.
    """
    kind = kind_of(settings)
    clip = getattr(library(), f"nas_{kind.name}_clip")
    clip.argtypes, clip.restype = CLIP_ARGUMENTS, ctypes.c_size_t
    held = kind.tables(settings)  # alive while C reads its arrays: a cache may drop it any time
    tables = tables_struct(held)
    work = np.empty(kind.work_words(settings), dtype=np.int32)
    out = np.empty((len(samples), settings.n_frames, settings.n_bins), dtype=np.int8)
    for row, target in zip(samples, out, strict=True):
        one = np.ascontiguousarray(row)
        clip(ctypes.byref(tables), one.ctypes.data, one.size, work.ctypes.data, target.ctypes.data)
    return out


def tables_struct(tables: Tables) -> ctypes.Structure:
    """Return the C struct; it points into the arrays of `tables`, which must stay alive."""
    pointers = {
        name: array.ctypes.data if array.size else None for name, array in tables.arrays.items()
    }
    numbers = {name: value for name, (_, value) in tables.numbers.items()}
    return _struct_type(type(tables))(**pointers, **numbers)


def _struct_type(kind: type[Tables]) -> type[ctypes.Structure]:
    """Return ``nas_<kind>_tables_t`` for the fields of a class of tables."""
    members = [
        (field.name, getattr(ctypes, f"c_{field.metadata['c_type'].removesuffix('_t')}"))
        if "c_type" in field.metadata
        else (field.name, ctypes.c_void_p)
        for field in fields(kind)
    ]
    return type(kind.__name__, (ctypes.Structure,), {"_fields_": members})


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Return the loaded library; build it first if the cache does not hold it.

    Raises:
        BuildError: no compiler, no place for the cache, or the compiler failed.
    """
    path = _built()
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise BuildError(f"{path}: cannot be loaded: {error}; delete it and try again") from None


def _built() -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise BuildError("no C compiler `cc` on PATH; install one (Debian package gcc)")
    path = cache_dir() / "frontend" / f"front_end-{_key(compiler)}.so"
    if not path.is_file():
        _compile(compiler, path)
    return path


def _sources() -> list[Path]:
    return sorted((resource_dir("firmware") / "frontend").glob("*.c"))


def _key(compiler: str) -> str:
    """Digest of what the library follows from: sources, headers, compiler, flags, machine."""
    headers = sorted((resource_dir("firmware") / "include/nas").glob("*.h"))
    version = subprocess.run([compiler, "--version"], capture_output=True, check=False).stdout
    whole = hashlib.sha256(version + " ".join([*FLAGS, platform.machine()]).encode())
    for source in [*_sources(), *headers]:
        whole.update(source.name.encode() + b"\0" + source.read_bytes())
    return whole.hexdigest()[:20]


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
