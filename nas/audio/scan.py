"""Every recording looked at once; what was found is kept by path, size and time of change."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from nas.audio.dataset import BadFile
from nas.audio.inspection import Inspection, inspect
from nas.errors import DataError
from nas.files import digest, write_text

__all__ = ["SUFFIXES", "Record", "Scan", "audio_files", "scan"]

VERSION = 1
"""Raised when `inspect` judges differently: old findings are then forgotten."""

DECODED = [".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc"]
DECODED += [".au", ".snd", ".caf", ".w64", ".rf64"]
UNDECODED = [".m4a", ".aac", ".mp4", ".wma", ".amr", ".webm", ".3gp"]
SUFFIXES = frozenset(DECODED + UNDECODED)
"""What counts as a recording; what cannot be decoded is reported, not ignored."""


@dataclass(frozen=True)
class Record:
    """One file as it was when it was looked at."""

    size: int
    mtime_ns: int
    sha256: str
    sample_rate_hz: int
    frames: int
    reason: str | None

    @property
    def inspection(self) -> Inspection:
        """What the look at the file found."""
        return Inspection(self.sample_rate_hz, self.frames, self.reason)


@dataclass(frozen=True)
class Scan:
    """Findings by path; `good` and `bad` keep the order of the question."""

    records: Mapping[Path, Record]

    @property
    def good(self) -> tuple[Path, ...]:
        """Recordings that can be used."""
        return tuple(path for path, record in self.records.items() if record.reason is None)

    @property
    def bad(self) -> tuple[BadFile, ...]:
        """Recordings left out, with the reason."""
        found = self.records.items()
        return tuple(BadFile(path, record.reason) for path, record in found if record.reason)


def audio_files(folder: Path) -> list[Path]:
    """Return the recordings under `folder`, sorted; hidden files and AppleDouble left out."""
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; check the path of the recordings")
    found = []
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        found += [Path(place, name) for name in names if _is_recording(name)]
    return sorted(found)


def scan(root: Path, paths: Iterable[Path], cache: Path) -> Scan:
    """Look at `paths`, all under `root`; files seen before and unchanged are not read again."""
    store = cache / "scans" / f"{digest([VERSION, str(root.resolve())])[:16]}.json"
    known = _known(store)
    wanted = list(paths)
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        names = [path.relative_to(root).as_posix() for path in wanted]
        records = list(pool.map(lambda path, name: _record(path, known.get(name)), wanted, names))
    fresh = dict(zip(names, records, strict=True))
    if any(known.get(name) != record for name, record in fresh.items()):
        rows = {name: asdict(record) for name, record in (known | fresh).items()}
        write_text(store, json.dumps(rows))
    return Scan(dict(zip(wanted, records, strict=True)))


def _is_recording(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES


def _known(store: Path) -> dict[str, Record]:
    try:
        rows = json.loads(store.read_text(encoding="utf-8"))
        return {name: Record(**row) for name, row in rows.items()}
    except (OSError, ValueError, TypeError):
        return {}


def _record(path: Path, before: Record | None) -> Record:
    try:
        stat = path.stat()
        if before and (before.size, before.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return before
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Record(0, 0, "", 0, 0, f"cannot be read: {error.strerror}")
    seen = inspect(path)
    return Record(
        stat.st_size, stat.st_mtime_ns, sha256, seen.sample_rate_hz, seen.frames, seen.reason
    )
