"""``nas data``: list and check."""

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nas.commands import data as commands

__all__ = ["check_data", "list_data"]


def list_data(*, as_json: bool) -> None:
    """Print the names of the data sets."""
    names = commands.list_data()
    typer.echo(json.dumps(names) if as_json else "\n".join(names))


def check_data(name: str, data_root: Path | None, *, as_json: bool) -> None:
    """Print clips by class and split, and what was left out."""
    summary = commands.check_data(name, data_root)
    if as_json:
        typer.echo(json.dumps(asdict(summary), indent=2))
        return
    table = Table(title=f"{summary.name} ({', '.join(summary.notes) or 'recorded'})")
    table.add_column("class", overflow="fold")
    for split in ("train", "validation", "test"):
        table.add_column(split, justify="right", no_wrap=True)
    for label, counts in summary.counts.items():
        table.add_row(
            escape(label), *(str(counts[split]) for split in ("train", "validation", "test"))
        )
    console = Console()
    console.print(table)
    for bad in summary.bad_files:
        console.print(f"left out: {bad['path']}: {bad['reason']}", highlight=False, markup=False)
