"""The study on disk: one locked writer appends finished trials to Optuna's journal file.

Nothing told is lost when the process is killed: a trained trial is written and synced before the
search goes on; rejected ones are written in bulk, at most a second late. A line torn by a crash is
cut off on opening (a torn tail makes an Optuna journal unreadable).
"""

import errno
import json
import os
import time
import warnings
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import optuna
from filelock import FileLock, Timeout
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock

from nas.errors import ConfigError
from nas.search.record import Record, record_of, shown
from nas.trial import OBJECTIVES

__all__ = [
    "FILE_NAME",
    "STUDY_NAME",
    "Journal",
    "load_study",
    "mend",
    "mend_if_idle",
    "read_records",
]

FILE_NAME = "journal.log"
LOCK_NAME = ".search.lock"
STUDY_NAME = "nas"
BULK_SECONDS = 1.0
BULK_TRIALS = 100
STALE_SECONDS = 1.0  # an append holds its lock for milliseconds


class _Backend(JournalFileBackend):
    """Optuna's journal file whose appends are synced one by one, or once at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = JournalFileSymlinkLock(str(path))
        self.durable = True
        super().__init__(str(path), self.lock)

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        self.lock.acquire()
        try:
            self._append(lines.encode())
        finally:
            self.lock.release()

    def _append(self, data: bytes) -> None:
        """Write all of `data` or nothing: what follows half a line could never be read again."""
        with self.path.open("ab", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            try:
                written = file.write(data)
                if written != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
                if self.durable:
                    os.fsync(file.fileno())
            except BaseException:
                file.truncate(before)
                raise

    def sync(self) -> None:
        """Wait until everything appended is on the disk."""
        with self.path.open("ab") as file:
            os.fsync(file.fileno())


class Journal:
    """The one writer of a study; a second one in the same folder is refused.

    `seconds` keeps what each rejected trial took to write, `trained_seconds` each trained one,
    which is synced before anything else happens.
    """

    def __init__(self, study_dir: Path) -> None:
        study_dir.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(study_dir)
        path = study_dir / FILE_NAME
        try:
            _drop_stale_lock(path)
            mend(path)
            self._backend = _Backend(path)
            self._study = _open(self._backend, path, create=True)
        except BaseException:
            self._lock.release()
            raise
        self._n_stored = len(self._study.get_trials(deepcopy=False))
        self._waiting: list[Record] = []
        self.seconds: list[float] = []
        self.trained_seconds: list[float] = []
        self._since = time.monotonic()

    def __len__(self) -> int:
        return self._n_stored + len(self._waiting)

    def records(self) -> list[Record]:
        """Return every trial stored so far."""
        return [record_of(trial) for trial in self._study.get_trials(deepcopy=False)]

    @property
    def has_trained(self) -> bool:
        """Tell whether a training of any trial stored so far came to anything, if to an error."""
        return any(one.metrics is not None or one.pruned_by == "failed" for one in self.records())

    def clear(self) -> None:
        """Drop every trial; what was rejected untrained is found again in milliseconds."""
        self._waiting.clear()
        path = self._backend.path
        path.unlink()
        self._backend = _Backend(path)
        self._study = _open(self._backend, path, create=True)
        self._n_stored = 0

    def add(self, record: Record) -> Record:
        """Store `record`, at once if it was trained; return it with its number."""
        numbered = replace(record, number=len(self))
        self._waiting.append(numbered)
        if not record.rejected or len(self._waiting) >= BULK_TRIALS:
            self.flush()
        self.flush_if_late()
        return numbered

    def flush(self) -> None:
        """Write what waits; sync it if a trained trial is in it."""
        self._backend.durable = False
        taken: list[float] = []
        trained = False
        while self._waiting:
            start = time.perf_counter()
            self._study.add_trial(shown(self._waiting[0]))
            trained = not self._waiting.pop(0).rejected
            self._n_stored += 1
            taken.append(time.perf_counter() - start)
        if taken:
            self._synced(taken, trained)
        self._since = time.monotonic()

    def _synced(self, taken: list[float], trained: bool) -> None:
        """Note what was taken; sync the file after a trained trial, which bears that time.

        Rejected ones alone are not synced: written, they outlive the process, and what a power
        cut takes of them costs a millisecond each to find again.
        """
        if not trained:
            self.seconds += taken
            return
        start = time.perf_counter()
        self._backend.sync()
        self.seconds += taken[:-1]
        self.trained_seconds.append(taken[-1] + time.perf_counter() - start)

    def flush_if_late(self) -> None:
        """Write what has waited for a second."""
        if self._waiting and time.monotonic() - self._since >= BULK_SECONDS:
            self.flush()

    def close(self) -> None:
        """Write what waits and let others in."""
        try:
            self.flush()
            self._backend.sync()
        finally:
            self._lock.release()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def mend(path: Path) -> int:
    """Cut a torn last line off the journal at `path`; return how many bytes were cut."""
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        data = file.read()
        torn = len(data) - (data.rfind(b"\n") + 1)
        if torn:
            file.truncate(len(data) - torn)
            os.fsync(file.fileno())
    return torn


def mend_if_idle(study_dir: Path) -> None:
    """Cut a torn last line off, unless a search is writing: a dashboard may append behind it."""
    path = study_dir / FILE_NAME
    if not path.is_file() or not os.access(path, os.W_OK):
        return
    try:
        lock = _locked(study_dir)
    except (ConfigError, OSError):
        return
    try:
        mend(path)
    finally:
        lock.release()


def load_study(study_dir: Path) -> optuna.Study:
    """Return the study of `study_dir` for reading.

    Raises:
        ConfigError: no journal there, or one that cannot be read.
    """
    path = study_dir / FILE_NAME
    if not path.is_file():
        raise ConfigError(f"{study_dir}: no {FILE_NAME} there; name a folder that a search made")
    return _open(JournalFileBackend(str(path)), path, create=False)


def read_records(study_dir: Path) -> list[Record]:
    """Return every trial of the study in `study_dir`, in order."""
    return [record_of(trial) for trial in load_study(study_dir).get_trials(deepcopy=False)]


def _locked(study_dir: Path) -> FileLock:
    lock = FileLock(study_dir / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(
            f"{study_dir}: another search is writing this study; wait for it or stop it, or "
            "name another study"
        ) from None
    return lock


def _drop_stale_lock(path: Path) -> None:
    """Remove the lock of an append that was killed; the study lock says that no one appends."""
    lock = path.with_name(path.name + ".lock")
    end = time.monotonic() + STALE_SECONDS
    while lock.is_symlink() and time.monotonic() < end:
        time.sleep(0.05)
    lock.unlink(missing_ok=True)


def _open(backend: JournalFileBackend, path: Path, *, create: bool) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        storage = JournalStorage(backend)
        names = [summary.study_name for summary in optuna.get_all_study_summaries(storage)]
        if STUDY_NAME in names:
            return optuna.load_study(study_name=STUDY_NAME, storage=storage)
    except (ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"{path}: not a journal that can be read ({reason}); move the folder away and start "
            "a new study"
        ) from None
    if not create:
        raise ConfigError(f"{path}: holds no trials yet; run the search first")
    return _create(storage)


def _create(storage: JournalStorage) -> optuna.Study:
    study = optuna.create_study(
        study_name=STUDY_NAME, storage=storage, directions=["minimize"] * len(OBJECTIVES)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.set_metric_names(list(OBJECTIVES))
    return study
