import io
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

import pytest
from rich.console import Console

from nas.budget import Cost
from nas.cli import wording
from nas.cli.display import SearchDisplay
from nas.frontend import LogMelSettings
from nas.space.candidate import Candidate
from nas.trial import Metrics


class Kind(Enum):
    REJECTED = "rejected"
    STARTED = "started"
    AT_RUNG = "at_rung"
    FINISHED = "finished"


@dataclass
class Record:
    number: int | None = None
    candidate: Candidate | None = None
    cost: Cost | None = None
    metrics: Metrics | None = None
    rung: int | None = None


@dataclass
class Progress:
    rejected: Counter = field(default_factory=Counter)
    arrivals: list = field(default_factory=list)
    complete: int = 0
    stopped: int = 0
    failed: int = 0
    cut: int = 0
    running: int = 0
    best: Record | None = None

    @property
    def trained(self):
        return self.complete + self.stopped + self.failed


@dataclass
class Event:
    kind: Kind
    record: Record
    progress: Progress
    slot: int | None = None


class Clock:
    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        return self.time


COST = Cost(
    rom_bytes=61_200,
    ram_bytes=40_000,
    macs=1_250_000,
    constant_bytes=20_000,
    arena_bytes=16_000,
    peak_activation_bytes=16_000,
    parts={},
)
CANDIDATE = Candidate("ds_cnn", LogMelSettings(), {}, {})
METRICS = Metrics(val_loss=0.1834, val_accuracy=0.9412, train_loss=0.1, seconds=9.0)
TRIAL = Record(number=41, candidate=CANDIDATE, cost=COST, metrics=METRICS, rung=1)


@pytest.fixture
def progress():
    return Progress(
        rejected=Counter({"budget:macs": 402, "budget:ram_bytes": 812, "duplicate": 12}),
        arrivals=[57, 30, 21],
        complete=21,
        stopped=34,
        failed=2,
        cut=1,
        running=2,
        best=TRIAL,
    )


def interrupt():
    raise KeyboardInterrupt


def make(clock, *, terminal, **options):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=150, color_system=None)
    display = SearchDisplay("esp32, household", console=console, now=clock, **options)
    return display, console


def shown(display):
    console = Console(file=io.StringIO(), width=150, color_system=None)
    console.print(display.render())
    return console.file.getvalue()


def test_all_of_a_search_is_drawn(progress):
    clock = Clock()
    display, _ = make(clock, terminal=True, seconds=300.0)
    display.stage("searching")
    display.on_event(Event(Kind.STARTED, TRIAL, progress, slot=0))
    clock.time += 12
    text = shown(display)
    for words in (
        "esp32, household",
        "0:12 of 5:00",
        "1,226 untrained: RAM 812, MACs 402, duplicate 12",
        "57 done: 21 complete, 34 stopped, 2 failed; 1 cut short; 2 running",
        "rungs     1: 57 → 2: 30 → 3: 21",
        "trial 41, val loss 0.183, val accuracy 94.1 %",
        "ROM 61,200 B, RAM 40,000 B, 1,250,000 MACs",
        "worker 0  ds_cnn, 40 mels, 30/20 ms, 1.25 MMAC (0:12)",
    ):
        assert words in text


def test_a_worker_is_shown_from_start_to_finish(progress):
    display, _ = make(Clock(), terminal=True)
    display.on_event(Event(Kind.STARTED, TRIAL, progress, slot=1))
    display.on_event(Event(Kind.AT_RUNG, TRIAL, progress, slot=1))
    assert "rung 2 at val loss 0.183" in shown(display)
    display.on_event(Event(Kind.FINISHED, TRIAL, progress, slot=1))
    assert "worker 1" not in shown(display)


def test_an_empty_start_is_drawn_too():
    display, _ = make(Clock(), terminal=True)
    display.stage("reading recordings")
    assert "reading recordings" in shown(display)
    display.on_event(Event(Kind.REJECTED, Record(), Progress()))
    text = shown(display)
    assert "none yet" in text
    assert " of " not in text


def test_share_is_the_nearer_of_time_and_trials(progress):
    clock = Clock()
    display, _ = make(clock, terminal=True, trials=100, seconds=300.0)
    assert display.share() == 0
    clock.time += 28
    display.on_event(Event(Kind.FINISHED, TRIAL, progress))
    assert display.share() == pytest.approx(0.57)  # 57 of 100 trials; 28 of 300 s
    clock.time += 262
    assert display.share() == pytest.approx(290 / 300)


def test_the_end_stays_where_it_is_with_the_finalists_too(progress):
    clock = Clock()
    display, _ = make(clock, terminal=True, seconds=900.0)
    for stage in ("searching", "2 finalist trainings"):
        clock.time += 200
        display.stage(stage)
        display.on_event(Event(Kind.FINISHED, TRIAL, progress))
    assert display.times() == "6:40 of 15:00"
    clock.time += 512
    assert display.times() == "15:12 of 15:00"  # a finalist may be late, and that is not hidden
    assert display.share() == 1


def test_without_an_end_there_is_only_the_time_gone_by(progress):
    display, _ = make(Clock(), terminal=True)
    display.on_event(Event(Kind.FINISHED, TRIAL, progress))
    assert (display.times(), display.share()) == ("0:00", None)


def test_without_a_terminal_there_are_lines_and_no_control_codes(progress):
    display, console = make(Clock(), terminal=False, interval_s=0.01, seconds=272.0)
    with display:
        display.stage("searching")
        display.on_event(Event(Kind.FINISHED, TRIAL, progress))
        time.sleep(0.3)
    lines = console.file.getvalue().splitlines()
    assert lines[0] == "esp32, household"
    assert "searching" in lines
    assert len(lines) > 3
    assert lines[-1].startswith("[0:00 of 4:32] rejected 1,226 untrained: RAM 812")
    assert "\x1b" not in console.file.getvalue()


def test_long_lines_and_brackets_are_printed_as_they_are(progress):
    display, console = make(Clock(), terminal=False)
    display.note("[bold]" + "x" * 400)
    assert console.file.getvalue() == "[bold]" + "x" * 400 + "\n"


def test_stdout_is_left_alone(progress, capsys):
    with SearchDisplay("quiet") as display:
        display.on_event(Event(Kind.FINISHED, TRIAL, progress))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "57 done" in captured.err


def test_a_terminal_is_restored_after_an_error():
    display, console = make(Clock(), terminal=True)
    with pytest.raises(KeyboardInterrupt), display:
        interrupt()
    text = console.file.getvalue()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is shown again


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3661, "1:01:01"), (-4, "0:00")],
)
def test_clock(seconds, text):
    assert wording.clock(seconds) == text


def test_a_display_starts_without_tensorflow_or_optuna():
    import subprocess
    import sys

    code = (
        "import sys, nas.cli.display; "
        "print([m for m in ('tensorflow', 'optuna', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
