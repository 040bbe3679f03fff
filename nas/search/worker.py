"""The inside of a worker: takes requests one by one and answers each with one message."""

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nas.errors import NasError
from nas.search.protocol import (
    Arrived,
    Done,
    Failed,
    Job,
    MakeEvaluate,
    Message,
    Request,
    SetupFailed,
    Train,
)
from nas.trial import Evaluate, Session

__all__ = ["Servant", "serve"]

ORPHAN_SECONDS = 1.0


class Servant:
    """Answers requests; `make_evaluate` is called at the first training."""

    def __init__(self, make_evaluate: MakeEvaluate | None) -> None:
        self._make = make_evaluate
        self._evaluate: Evaluate | None = None
        self._session: Session | None = None

    def answer(self, request: Request) -> Message:
        """Return what came of `request`; whatever is raised becomes a message."""
        if isinstance(request, Job):
            return _caught(lambda: Done(request.function(request.item)))
        if isinstance(request, Train) and self._evaluate is None:
            failure = self._set_up()
            if failure is not None:
                return failure
        return _caught(lambda: self._trained(request))

    def _set_up(self) -> SetupFailed | None:
        try:
            assert self._make is not None, "a pool for jobs only was asked to train"
            self._evaluate = self._make()
        except NasError as error:
            return SetupFailed(error)
        except Exception as error:  # noqa: BLE001 - reported to the parent, which ends the search
            traceback.print_exc()
            return SetupFailed(NasError(f"training cannot start: {_last_line(error)}"))
        return None

    def _trained(self, request: Any) -> Message:
        if isinstance(request, Train):
            self._session = None  # let go of the last one's memory first
            assert self._evaluate is not None
            self._session = self._evaluate(request.candidate, request.seed)
        assert self._session is not None
        return Arrived(self._session.train(request.fidelity))


def serve(
    connection: Connection, make_evaluate: MakeEvaluate | None, log: Path, parent: int
) -> None:
    """Run a worker: output goes to `log`, Ctrl-C is the parent's business."""
    _redirect(log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    servant = Servant(make_evaluate)
    try:
        while (request := connection.recv()) is not None:
            connection.send(servant.answer(request))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone


def _caught(action: Callable[[], Message]) -> Message:
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - a trial that fails must not end the search
        traceback.print_exc()
        return Failed(_last_line(error))


def _last_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1] if lines else '(no message)'}"[:300]


def _redirect(log: Path) -> None:
    """Send file descriptors 1 and 2 to `log`: C++ libraries write there too."""
    sys.stdout.flush()
    sys.stderr.flush()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def _leave_with(parent: int) -> None:
    """End this process when the parent is gone, even if killed in the middle of a training."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)
