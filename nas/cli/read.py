"""``nas status``, ``report``, ``compare``, ``dashboard``, ``export``."""

import contextlib
import json
from dataclasses import asdict
from pathlib import Path

import typer

from nas.commands import read as commands
from nas.commands.studies import find_result, find_study

__all__ = ["compare", "dashboard", "export", "report", "status"]


def status(study: Path, results: Path, *, as_json: bool) -> None:
    """Print how far a study is."""
    found = commands.status(find_study(study, results))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    typer.echo(f"{found['study']}: {found['trials']:,} trials")
    for state, count in found["by_state"].items():
        typer.echo(f"  {state:24} {count:>8,}")
    if found["best"]:
        typer.echo("best: trial {trial}, val loss {val_loss:.3f}".format(**found["best"]))
    if found["winner"] is not None:
        typer.echo(f"winner: int8 test accuracy {found['winner']:.4f}")


def report(study: Path, results: Path) -> None:
    """Write the report again and print where it is."""
    typer.echo(commands.report(find_study(study, results)))


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


def export(study: Path, results: Path, out: Path) -> None:
    """Write the winner's firmware tree to `out` and print where it is."""
    from nas.commands.export import export_winner

    typer.echo(export_winner(find_study(study, results), out))
