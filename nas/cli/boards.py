"""``nas boards``."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer

from nas.budget import amount
from nas.commands.boards import Board, Unreadable, list_boards

__all__ = ["run"]

HEADINGS = (
    *("board", "core", "MHz", "flash", "RAM"),
    *("left: flash", "RAM", "block", "may use: ROM", "RAM", "MACs", "ms", "load"),
)
SHOWN = ("rom_bytes", "ram_bytes", "macs", "latency_ms", "load")
LEFT_ALIGNED = 2
NOTE = (
    "Bytes. Left: without what the file reserves for radio, RTOS, boot loader and updates; "
    "block: the largest static array."
)


def run(*, as_json: bool) -> None:
    """Print every board with what is left of it; exit code 2 where a file is broken."""
    boards = list_boards()
    broken = [board for board in boards if isinstance(board, Unreadable)]
    if as_json:
        typer.echo(json.dumps([asdict(board) for board in boards], indent=2))
    else:
        typer.echo(_table([board for board in boards if isinstance(board, Board)]))
        for board in broken:
            typer.echo(f"{board.name}: cannot be used: {board.error}")
    if broken:
        raise typer.Exit(2)


def _table(boards: Sequence[Board]) -> str:
    known = any(board.latency for board in boards)
    headings = (*HEADINGS, "latency is") if known else HEADINGS
    rows = [headings, *(_row(board)[: len(headings)] for board in boards)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([*(_line(row, widths) for row in rows), NOTE])


def _row(board: Board) -> tuple[str, ...]:
    sizes = (
        *(board.flash_bytes, board.sram_bytes),
        *(board.free_flash_bytes, board.free_sram_bytes, board.largest_block_bytes),
    )
    limits = [board.limits.get(key) for key in SHOWN]
    return (
        *(board.name, board.core, amount(board.clock_hz / 1e6)),
        *map(amount, sizes),
        *("–" if limit is None else amount(limit) for limit in limits),
        _basis(board),
    )


def _basis(board: Board) -> str:
    if board.latency is None:
        return "not known"
    how = "extrapolated" if board.latency.extrapolated else "measured"
    return f"{how}, ±{100 * board.latency.expected_error:.0f} %"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(width) if i < LEFT_ALIGNED or i >= len(HEADINGS) else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
