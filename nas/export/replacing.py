"""A folder that is written beside its place and takes it as a whole, also after a kill.

While it is written it lies in ``.NAME.XXXXXXXX/new`` beside its place, and what was there moves to
``old`` beside that. The hidden folder is locked for as long as its process lives, so that what a
kill left is told from what is under way.
"""

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nas.errors import ConfigError
from nas.export.manifest import read_manifest

__all__ = ["clear_up", "named", "replacing"]

NEW, OLD = "new", "old"
SUFFIX = r"\.[a-z0-9_]{8}"  # as tempfile makes it


@contextmanager
def replacing(out_dir: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out_dir`; on success it takes the place of `out_dir`.

    Raises:
        ConfigError: `out_dir` holds something that is no exported tree.
        OSError: what the file system would not do, and always with the name of a file.
    """
    out_dir = Path(os.path.abspath(out_dir))  # noqa: PTH100 - "." has no name; links stay links
    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        _check_ours(out_dir)
    with (
        named(out_dir),
        _parents(out_dir),
        tempfile.TemporaryDirectory(prefix=f".{out_dir.name}.", dir=out_dir.parent) as folder,
        _locked(Path(folder)),
    ):
        part = Path(folder, NEW)
        part.mkdir()
        yield part
        _sync_all(part)
        _swap(part, out_dir, Path(folder, OLD))
        _sync(out_dir.parent)


@contextmanager
def _parents(out_dir: Path) -> Iterator[None]:
    """Make the folders above `out_dir`; on failure those that were made are removed."""
    missing = [folder for folder in out_dir.parents if not folder.exists()]
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def named(place: Path) -> Iterator[None]:
    """Give errors of a write, which know no file, the name `place`, and the many of a copy one.

    An error of a copy is of the file that it names: a source that cannot be read, or its copy.
    """
    try:
        yield
    except shutil.Error as error:
        source, copy, reason = error.args[0][0]
        number = re.match(r"\[Errno (\d+)\] ", str(reason))
        code = int(number[1]) if number else errno.EIO
        read = repr(str(source)) in str(reason) and repr(str(copy)) not in str(reason)
        raise OSError(code, os.strerror(code), str(source if read else copy)) from None
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(place)
        raise


def _sync_all(folder: Path) -> None:
    """Bring all of `folder` to the disk: after a power cut the name stands for whole files."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_up(out_dir: Path) -> None:
    """Remove what killed exports left beside `out_dir`; put the old tree back if none is there."""
    out_dir = Path(os.path.abspath(out_dir))  # noqa: PTH100
    for folder in _left_behind(out_dir):
        with _locked(folder) as ours:
            if not ours:
                continue
            if not out_dir.exists() and _is_tree(folder / OLD):
                (folder / OLD).replace(out_dir)
            shutil.rmtree(folder)


def _left_behind(out_dir: Path) -> list[Path]:
    """Return the folders beside `out_dir` with our name, and nothing in them but ours."""
    if not out_dir.parent.is_dir():
        return []
    name = re.compile(re.escape(f".{out_dir.name}") + SUFFIX)
    beside = [path for path in out_dir.parent.iterdir() if name.fullmatch(path.name)]
    return sorted(path for path in beside if path.is_dir() and _holds_ours(path))


def _holds_ours(folder: Path) -> bool:
    found = list(folder.iterdir())
    return bool(found) and all(path.name in (NEW, OLD) and path.is_dir() for path in found)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold `folder` if no one does, and yield whether it is held; the end of a process lets go."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held = False
    else:
        held = True
    try:
        yield held
    finally:
        os.close(descriptor)


def _swap(part: Path, out_dir: Path, old: Path) -> None:
    """Rename `part` to `out_dir` and what was there to `old`; put it back if that fails."""
    if out_dir.exists():
        out_dir.replace(old)
    try:
        part.replace(out_dir)
    except BaseException:
        if old.exists():
            old.replace(out_dir)
        raise


def _is_tree(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except ConfigError:
        return False
    return True


def _check_ours(out_dir: Path) -> None:
    try:
        read_manifest(out_dir)
    except ConfigError as error:
        raise ConfigError(f"{error}; it is not overwritten: choose another folder") from None
