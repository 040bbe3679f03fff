"""The live display of a search, on stderr: drawn in a terminal, a line now and then elsewhere."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from nas.cli import wording
from nas.cli.progress import Event

__all__ = ["SearchDisplay"]


class SearchDisplay:
    """Shows a search while it runs: ``with SearchDisplay(title) as display:``.

    `display.on_event` is the search's listener; `stage` says what goes on before and after it
    (reading recordings, finalists); `note` prints a line that stays. stdout is never written to.

    Args:
        title: what is searched: board, data, study.
        trials: how many trials end the search, if that does.
        seconds: how long all of it may take, finalists included, if time ends it.
        console: where to draw; stderr if not given.
        interval_s: seconds between two lines where there is no terminal.
        now: a clock in seconds.
    """

    def __init__(
        self,
        title: str,
        *,
        trials: int | None = None,
        seconds: float | None = None,
        console: Console | None = None,
        interval_s: float = 30.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._trials = trials
        self._seconds = seconds
        self._console = console or Console(stderr=True)
        self._interval_s = interval_s
        self._now = now
        self._began = now()
        self._stage = "starting"
        self._facts: dict[str, str] = {}
        self._trained = 0
        self._workers: dict[int, tuple[str, float]] = {}
        self._live: Live | None = None
        self._over = threading.Event()
        self._ticker: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = Live(
                console=self._console,
                get_renderable=self.render,
                refresh_per_second=4,
                redirect_stdout=False,
            )
            self._live.start()
        else:
            self.note(self._title)
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._live is not None:
            self._live.stop()
        if self._ticker is not None:
            self._ticker.join()
            if kind is None or kind is KeyboardInterrupt:
                self.note(self.line())

    def stage(self, text: str) -> None:
        """Say what goes on now; where there is no terminal, print it once."""
        if text != self._stage and self._live is None:
            self.note(text)
        self._stage = text

    def note(self, text: str) -> None:
        """Print a line that stays above the display."""
        self._console.print(Text(text), soft_wrap=True)

    def on_event(self, event: Event) -> None:
        """Take note of what happened; called by the search for every event."""
        self._facts = wording.facts(event.progress)
        self._trained = event.progress.trained
        if event.slot is not None:
            self._follow(event, event.slot)

    def _follow(self, event: Event, slot: int) -> None:
        """Replace, never change, what the drawing thread reads."""
        others = {key: value for key, value in self._workers.items() if key != slot}
        _, began = self._workers.get(slot, ("", self._now()))
        if event.kind.value == "started":
            self._workers = others | {slot: (wording.candidate(event.record), self._now())}
        elif event.kind.value == "at_rung" and event.record.metrics is not None:
            rung = (event.record.rung or 0) + 1
            loss = event.record.metrics.val_loss
            text = f"{wording.candidate(event.record)}, rung {rung} at val loss {loss:.3f}"
            self._workers = others | {slot: (text, began)}
        elif event.kind.value == "finished":
            self._workers = others

    def line(self) -> str:
        """Return the state of the search in one line."""
        facts = [f"{name} {text}" for name, text in self._facts.items()] or [self._stage]
        return f"[{self.times()}] {' | '.join(facts)}"

    def render(self) -> RenderableType:
        """Return what the terminal shows now."""
        head = Table.grid(expand=True)
        head.add_column(ratio=1)
        head.add_column(justify="right")
        head.add_row(Text(self._title, style="bold"), Text(self.times(), style="cyan"))
        return Group(head, self._body(), self._bar())

    def times(self) -> str:
        """Return the time that has gone by, and of how much where time ends the command.

        When the search gives way to the finalists moves with what it finds, back and forth; the
        end of the whole does not.
        """
        elapsed = wording.clock(self._elapsed())
        return elapsed if self._seconds is None else f"{elapsed} of {wording.clock(self._seconds)}"

    def _elapsed(self) -> float:
        return self._now() - self._began

    def _body(self) -> Table:
        facts = Table.grid(padding=(0, 2))
        facts.add_column(style="dim")
        facts.add_column(overflow="fold")
        facts.add_row("now", Text(self._stage))
        for name, said in self._facts.items():
            facts.add_row(name, Text(said, style="green" if name == "best" else ""))
        for slot, (text, began) in sorted(self._workers.items()):
            spent = wording.clock(self._now() - began)
            facts.add_row(f"worker {slot}", Text(f"{text} ({spent})"))
        return facts

    def _bar(self) -> RenderableType:
        share = self.share()
        return Text("") if share is None else ProgressBar(total=1.0, completed=share)

    def share(self) -> float | None:
        """Return how much is done in [0, 1]: by trials or by time, whichever ends it first."""
        shares = []
        if self._seconds:
            shares.append(min(1.0, self._elapsed() / self._seconds))
        if self._trials and self._facts:
            shares.append(min(1.0, self._trained / self._trials))
        return max(shares, default=None)

    def _tick(self) -> None:
        while not self._over.wait(self._interval_s):
            self.note(self.line())
