"""What ``nas verify`` prints."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from nas.commands.verify import Row, Verification, VerifyRequest, verify
from nas.errors import CheckError

__all__ = ["run"]

QUANTITIES = {
    "ROM": "rom_bytes",
    "RAM": "ram_bytes",
    "stack": "stack_bytes",
    "inference": "instructions_per_inference",
    "hop": "instructions_per_hop",
}
NOTE = (
    "bytes: of features and outputs, compared with NumPy and LiteRT. ROM, RAM: of a program that "
    "only listens, by `size`, without its stack, which is painted. inference, hop: instructions, "
    "not cycles. In brackets: how far the estimate is from what was found."
)


def run(tree: Path, targets: Sequence[str], results: Path, *, as_json: bool) -> None:
    """Print what each target proved; leave with 1 where a byte differs or nothing was proved."""
    found = verify(VerifyRequest(tree=tree, targets=targets, results=results, on_target=_progress))
    for name, lack in found.absent.items():
        typer.echo(f"not run: {name}: {lack}", err=True)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=2, allow_nan=False))
    else:
        _print(found)
    if not found.ok:
        raise typer.Exit(CheckError.exit_code)


def _progress(target: str) -> None:
    typer.echo(f"{target} ...", err=True)


def _print(found: Verification) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.print(_table(found.rows))
    console.print(NOTE)
    for line in [*_stand_ins(found.rows), *_verdict(found)]:
        console.print(line, soft_wrap=True)


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for title in ("target", "bytes", "differ", *QUANTITIES):
        table.add_column(title, justify="left" if title == "target" else "right", no_wrap=True)
    for row in rows:
        proof = row.proof
        counts = ("–", "–") if proof is None else (f"{proof.compared:,}", f"{proof.differ:,}")
        table.add_row(row.target, *counts, *(_cell(row, name) for name in QUANTITIES.values()))
    return table


def _cell(row: Row, name: str) -> str:
    """Return what was found, and below it by how much the estimate is above or below."""
    value = None if row.proof is None else getattr(row.proof, name)
    if value is None:
        return "–"
    price = row.foretold.values.get(name) if row.foretold else None
    return f"{value:,}" if not price or not value else f"{value:,}\n({price / value - 1:+.1%})"


def _stand_ins(rows: Sequence[Row]) -> list[str]:
    lines = []
    for row in rows:
        price = row.foretold
        if row.core and price and price.values and row.core != price.sizes_of:
            lines.append(f"{row.target}: the estimate is that of {price.sizes_of}")
    return lines


def _verdict(found: Verification) -> list[str]:
    """Return a line a target that failed, or one for all."""
    if found.ok:
        return [f"{found.tree}: every byte is equal on {', '.join(r.target for r in found.rows)}"]
    return [f"{row.target}: {row.problem or _differ(row)}" for row in found.rows if not row.ok]


def _differ(row: Row) -> str:
    assert row.proof is not None, "a row without a proof has a problem"
    proof = row.proof
    return (
        f"bytes differ: {proof.features_that_differ:,} of {proof.feature_bytes:,} of features, "
        f"{proof.outputs_that_differ:,} of {proof.output_bytes:,} of outputs"
    )
