"""``nas status``, ``report``, ``compare``, ``dashboard``."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from nas.cli import wording
from nas.commands import read as commands
from nas.commands.studies import find_result, find_study
from nas.report import boards as on_boards
from nas.report import limits as of_limits

__all__ = ["compare", "dashboard", "report", "status"]


def status(study: Path, results: Path, *, as_json: bool) -> None:
    """Print how far a study is."""
    found = commands.status(find_study(study, results))
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=2))
        return
    typer.echo(f"{found.study}: {found.by_state.total():,} trials ended")
    for heading, fact in wording.facts(found.progress).items():
        typer.echo(f"{heading}: {fact}")
    if found.winner is not None:
        typer.echo(f"winner: int8 test accuracy {found.winner:.4f}")
    typer.echo(of_limits.one_line(found.limits))


def report(
    study: Path,
    results: Path,
    *,
    boards: Sequence[str] = (),
    accuracy: float | None = None,
    as_json: bool = False,
) -> None:
    """Write the report again; print the boards, what the limits did, and where the page is."""
    made = commands.report(find_study(study, results), boards=boards, accuracy=accuracy)
    if as_json:
        found = {"report": str(made.page), "limits": made.limits, "boards": made.boards}
        typer.echo(json.dumps(found, indent=2))
        return
    console = Console()
    if made.boards is not None:
        _print_boards(console, made.boards)
    _print_limits(console, made.limits)
    typer.echo(made.page)


def _print_boards(console: Console, boards: Mapping[str, Any]) -> None:
    console.print(on_boards.boards_table(boards))
    console.print()
    _paragraphs(console, [on_boards.verdict(boards), *on_boards.notes(boards)])
    console.print()


def _print_limits(console: Console, limits: Mapping[str, Any]) -> None:
    _paragraphs(console, [of_limits.headline(limits)])
    if limits["limits"]:
        console.print()
        console.print(of_limits.limits_table(limits))
        console.print()
        _paragraphs(console, [*of_limits.sentences(limits), of_limits.CAVEAT])
    console.print()


def _paragraphs(console: Console, texts: Sequence[str]) -> None:
    for text in texts:
        if text:
            console.print(text, highlight=False, markup=False)


def compare(first: Path, second: Path, results: Path, *, as_json: bool) -> None:
    """Print the paired difference of two results."""
    first, second = (find_result(place, results) for place in (first, second))
    found = commands.compare(first, second)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    low, high = found.interval
    typer.echo(f"{first}: int8 test accuracy {found.first:.4f}, {found.macs[0]:,} MACs")
    typer.echo(f"{second}: int8 test accuracy {found.second:.4f}, {found.macs[1]:,} MACs")
    typer.echo(
        f"difference {100 * found.difference:+.2f} points, 95 % interval "
        f"{100 * low:+.2f} to {100 * high:+.2f}, {found.n} clips, paired"
    )


def dashboard(study: Path, results: Path, port: int) -> None:
    """Serve optuna-dashboard on the loopback until Ctrl-C."""
    from nas.search.dashboard import serve

    folder = find_study(study, results)
    typer.echo(f"dashboard of {folder}: http://127.0.0.1:{port} (Ctrl-C ends it)", err=True)
    with contextlib.suppress(KeyboardInterrupt):  # how it is meant to end
        serve(folder, port)
