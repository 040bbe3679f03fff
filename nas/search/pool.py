"""Spawned worker processes with one thread each; the parent never imports TensorFlow.

`Pool` and `InlinePool` have one face: `idle`, `send`, `wait`, `release`, `abandon`, `close`. A
worker that dies is replaced, and one that served `recycle` trials is too (TensorFlow leaks across
trials).
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Protocol

from nas.search.protocol import Died, MakeEvaluate, Message, Request
from nas.search.worker import Servant, serve

__all__ = ["InlinePool", "Pool", "Workers", "make_pool"]

RECYCLE = 20
STOP_SECONDS = 2.0
WORKER_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_USE_LEGACY_KERAS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
}


class Workers(Protocol):
    """Somewhere to train: each slot holds one candidate or job at a time."""

    def idle(self) -> list[int]:
        """Return the slots that hold nothing."""
        ...

    def send(self, slot: int, request: Request) -> None:
        """Give `request` to `slot`, which is then busy until released."""
        ...

    def wait(self, seconds: float) -> list[tuple[int, Message]]:
        """Return the messages that came within `seconds`."""
        ...

    def release(self, slot: int) -> None:
        """Free `slot`: nothing more will be asked about what it held."""
        ...

    def abandon(self, slot: int) -> None:
        """End what `slot` holds, whatever it is doing, and free it."""
        ...

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        ...


@dataclass
class InlinePool:
    """One slot that trains in this process, when waited for. For tests and formulas."""

    make_evaluate: MakeEvaluate | None
    _servant: Servant | None = None
    _requests: deque[Request] = field(default_factory=deque)
    _busy: bool = False

    def idle(self) -> list[int]:
        """Return the one slot if it holds nothing."""
        return [] if self._busy else [0]

    def send(self, slot: int, request: Request) -> None:
        """Keep `request` until `wait`."""
        self._busy = True
        self._requests.append(request)

    def wait(self, seconds: float) -> list[tuple[int, Message]]:
        """Answer what was sent."""
        self._servant = self._servant or Servant(self.make_evaluate)
        answers = [(0, self._servant.answer(request)) for request in self._requests]
        self._requests.clear()
        return answers

    def release(self, slot: int) -> None:
        """Free the slot."""
        self._busy = False

    def abandon(self, slot: int) -> None:
        """Free the slot; nothing runs outside `wait`."""
        self._requests.clear()
        self.release(slot)

    def close(self) -> None:
        """Nothing runs outside `wait`."""


@dataclass
class _Slot:
    process: SpawnProcess | None = None
    connection: Connection | None = None
    busy: bool = False
    served: int = 0


class Pool:
    """`n_workers` processes, started when first needed; output goes to ``worker-N.log``."""

    def __init__(
        self,
        n_workers: int,
        *,
        make_evaluate: MakeEvaluate | None,
        log_dir: Path,
        recycle: int = RECYCLE,
    ) -> None:
        self._make = make_evaluate
        self._log_dir = log_dir
        self._recycle = recycle
        self._slots = [_Slot() for _ in range(n_workers)]

    def idle(self) -> list[int]:
        """Return the slots that hold nothing."""
        return [index for index, slot in enumerate(self._slots) if not slot.busy]

    def send(self, slot: int, request: Request) -> None:
        """Give `request` to the worker of `slot`, starting one if there is none."""
        place = self._slots[slot]
        if place.process is None or not place.process.is_alive():
            self._start(slot)
        place.busy = True
        assert place.connection is not None
        try:
            place.connection.send(request)
        except (BrokenPipeError, ConnectionResetError):
            return  # it just died; `wait` says so

    def wait(self, seconds: float) -> list[tuple[int, Message]]:
        """Return the messages that came within `seconds`, and which busy workers died."""
        busy = {i: slot for i, slot in enumerate(self._slots) if slot.busy and slot.connection}
        ready = set(wait([slot.connection for slot in busy.values() if slot.connection], seconds))
        return [(i, self._receive(slot)) for i, slot in busy.items() if slot.connection in ready]

    def release(self, slot: int) -> None:
        """Free `slot`; replace its worker if it has served its turn."""
        place = self._slots[slot]
        place.busy = False
        place.served += 1
        if place.served >= self._recycle:
            self._stop(place)

    def abandon(self, slot: int) -> None:
        """Kill the worker of `slot` and free it; the next request starts another."""
        self._stop(self._slots[slot])
        self._slots[slot].busy = False

    def process_ids(self) -> list[int]:
        """Return the ids of the workers alive now."""
        found = (slot.process for slot in self._slots)
        return [it.pid for it in found if it is not None and it.is_alive() and it.pid]

    def close(self) -> None:
        """Kill all workers: what they train is lost, what was told is not."""
        for slot in self._slots:
            self._stop(slot)

    def _receive(self, slot: _Slot) -> Message:
        assert slot.connection is not None
        try:
            message: Message = slot.connection.recv()
        except (EOFError, OSError):
            return self._bury(slot)
        return message

    def _bury(self, slot: _Slot) -> Died:
        assert slot.process is not None
        slot.process.join(STOP_SECONDS)
        code = slot.process.exitcode
        self._stop(slot)
        return Died(f"the worker ended with {_meaning(code)}; see its log")

    def _start(self, index: int) -> None:
        slot = self._slots[index]
        self._stop(slot)
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        log = self._log_dir / f"worker-{index}.log"
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(theirs, self._make, log, os.getpid()), daemon=True
        )
        with _environment(WORKER_ENVIRONMENT), _without_ctrl_c():
            process.start()
        theirs.close()
        slot.process, slot.connection, slot.served = process, ours, 0

    def _stop(self, slot: _Slot) -> None:
        if slot.process is not None:
            slot.process.kill()
            slot.process.join(STOP_SECONDS)
        if slot.connection is not None:
            slot.connection.close()
        slot.process = slot.connection = None


def make_pool(n_workers: int, *, make_evaluate: MakeEvaluate | None, log_dir: Path) -> Workers:
    """Return a pool of `n_workers` processes; 0 trains in this process."""
    if n_workers == 0:
        return InlinePool(make_evaluate)
    return Pool(n_workers, make_evaluate=make_evaluate, log_dir=log_dir)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for as long as the block runs; a spawned process inherits them."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Keep Ctrl-C from a process from its first instruction on; here it arrives after the block.

    A worker that is still importing would print a traceback into the display. The resource
    tracker lets the signal through when it starts, so it has to be there before.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _meaning(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"signal {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
    return f"exit code {code}"
