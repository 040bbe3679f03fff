"""``nas search``: the display while it runs, the tables and next commands when it is over."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from nas.cli import wording as facts
from nas.cli.display import SearchDisplay
from nas.commands.crown import Finish
from nas.commands.search import Request, SearchOutcome, Watcher, search
from nas.report import read_study, tables, wording

__all__ = ["run"]


def run(**options: Any) -> None:
    """Search with a live display on stderr, then print what came of it on stdout."""
    request = Request(**options, command=shlex.join(["nas", *sys.argv[1:]]))
    title = f"nas search: {request.data} for {request.budget}"
    seconds = request.seconds if request.is_timed else None
    with SearchDisplay(title, trials=request.trials, seconds=seconds) as display:
        outcome = search(request, Watcher(display.on_event, display.stage))
    _print(outcome)


def _print(outcome: SearchOutcome) -> None:
    console = Console()
    study = read_study(outcome.study_dir)
    for note in outcome.notes:
        _line(console, f"note: {note}")
    if outcome.bad_files:
        listed = outcome.study_dir / "bad_files.csv"
        _line(console, f"{outcome.bad_files} recordings left out, listed in {listed}")
    console.print(tables.front_table(study), "")
    console.print(tables.finalists_table(study), "")
    for line in _passed_over(outcome.finish):
        console.print(line, highlight=False, markup=False)
    _print_winner(console, outcome.finish.winner)
    for line in _counts(outcome):
        _line(console, line)
    _print_next(console, outcome)


def _passed_over(finish: Finish) -> list[str]:
    """Return a line for near-ties and for each finalist that failed or did not fit once built."""
    lines = [
        f"finalist {name}: does not fit once built: {over}"
        for name, over in finish.too_large.items()
    ]
    lines += [f"finalist {name}: {reason}" for name, reason in finish.failed.items()]
    if len(finish.tied) > 1:
        named = ", ".join(finish.tied)
        lines.append(f"finalists {named} tie within one standard error: the cheapest of them wins")
    return lines


def _print_winner(console: Console, winner: dict[str, Any]) -> None:
    test = winner["test"]
    low, high = test["interval"]
    console.print(tables.built_table(winner), "")
    _line(
        console,
        f"winner: trial {winner['trial']}; test, {test['n']} clips: int8 accuracy "
        f"{test['int8_accuracy']:.4f} (95 % interval {low:.4f} to {high:.4f}), "
        f"float {test['float_accuracy']:.4f}",
    )
    if reads := wording.test_reads(winner):
        _line(console, f"note: {reads}")


def _counts(outcome: SearchOutcome) -> list[str]:
    """Return what became of the trials, in the words of the display and of `nas status`."""
    progress, stats = outcome.result.progress, outcome.result.stats
    price, record = ((stats[key] or {}).get("median") for key in ("price_ms", "record_ms"))
    return [
        f"rejected: {facts.rejected(progress)}",
        f"trained: {facts.trained(progress)}",
        f"this session's medians: {_ms(price)} to price a candidate, {_ms(record)} to record it",
    ]


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} ms"


def _print_next(console: Console, outcome: SearchOutcome) -> None:
    study = outcome.study_dir
    nas, quoted = _nas(), shlex.quote(str(study))
    made = f"make -C {shlex.quote(str(study / 'firmware'))}"
    lines = [f"{nas} dashboard {quoted}", made, f"{nas} report {quoted}"]
    _line(console, f"report: {outcome.report}")
    _line(console, "\n".join(["next:", *(f"  {line}" for line in lines)]))


def _line(console: Console, text: str) -> None:
    """Print `text` as it is: names of folders hold no markup, and long lines stay whole."""
    console.print(text, highlight=False, soft_wrap=True, markup=False)


def _nas() -> str:
    """Return the command as it can be typed here: it may lie in a .venv that is not in PATH."""
    if shutil.which("nas"):
        return "nas"
    beside = Path(sys.executable).with_name("nas")
    if not beside.is_file():
        return shlex.join([sys.executable, "-m", "nas.cli"])
    here = Path.cwd()
    return shlex.quote(str(beside.relative_to(here) if beside.is_relative_to(here) else beside))
