"""``nas estimate``: the price of a network on a board, and exit code 4 where it does not fit."""

import json
import sys
from typing import Any

import typer
from rich.console import Console

from nas.cli.estimate_text import page
from nas.commands.estimate import Estimate, EstimateRequest, estimate
from nas.errors import NoFeasibleModelError

__all__ = ["run"]


def run(*, as_json: bool, **options: Any) -> None:
    """Print the estimate; leave with 4 where it is over a limit."""
    found = estimate(EstimateRequest(**options))
    for note in found.target.notes:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=2, allow_nan=False))
    else:
        _print(found)
    if not found.fits:
        raise typer.Exit(NoFeasibleModelError.exit_code)


def _print(found: Estimate) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    plain = (sys.stdout.encoding or "ascii").lower() not in ("utf-8", "utf8")
    for part in page(found, plain=plain):
        console.print(part)
