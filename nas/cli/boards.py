"""``nas boards``."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer

from nas.budget import amount
from nas.commands.boards import Board, Unreadable, list_boards

__all__ = ["run"]

HEADINGS = (
    *("board", "core", "MHz", "flash", "RAM", "flash", "RAM", "block", "ROM", "RAM"),
    *("load", "time"),
)
GROUPS = ((3, "chip"), (5, "left"), (8, "limits"))
"""Column at which a group of columns begins, and its heading."""
LEFT_ALIGNED = 2
KIB = 1024
NOTE = (
    "Sizes in KiB. left: without what the file reserves for radio, RTOS, boot loader and\n"
    "updates; block: the largest static array. time: expected error of a latency; --json\n"
    "says whether it is extrapolated, and has all limits, and sizes in bytes."
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
    rows = [HEADINGS, *(_row(board) for board in boards)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([_groups(widths), *(_line(row, widths) for row in rows), NOTE])


def _groups(widths: Sequence[int]) -> str:
    line = ""
    for column, heading in GROUPS:
        line = line.ljust(sum(widths[:column]) + column) + heading
    return line


def _row(board: Board) -> tuple[str, ...]:
    sizes = (
        *(board.flash_bytes, board.sram_bytes),
        *(board.free_flash_bytes, board.free_sram_bytes, board.largest_block_bytes),
        *(board.limits.get("rom_bytes"), board.limits.get("ram_bytes")),
    )
    load = board.limits.get("load")
    return (
        *(board.name, board.core, amount(board.clock_hz // 1_000_000)),
        *("–" if size is None else str(int(size) // KIB) for size in sizes),
        "–" if load is None else amount(load),
        _error(board),
    )


def _error(board: Board) -> str:
    return "–" if board.latency is None else f"±{100 * board.latency.expected_error:.0f}%"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(width) if i < LEFT_ALIGNED else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return " ".join(cells).rstrip()
