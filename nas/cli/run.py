"""``nas run``: events or clips as text, CSV or JSON lines."""

import csv
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from nas.cli.options import Results
from nas.errors import ConfigError, DataError

__all__ = ["Format", "TimeFormat", "command"]


class Format(StrEnum):
    """How rows are printed."""

    TEXT = "text"
    CSV = "csv"
    JSONL = "jsonl"


class TimeFormat(StrEnum):
    """How times are printed."""

    SECONDS = "seconds"
    ISO = "iso"


def command(
    target: Annotated[Path, typer.Argument(help="Exported tree, or a study (folder or name).")],
    inputs: Annotated[
        list[Path] | None, typer.Argument(help="Recordings, or folders of them.")
    ] = None,
    microphone: Annotated[
        bool, typer.Option("--microphone", help="Hear the microphone (extra: microphone).")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="End of the microphone; default: Ctrl-C.")
    ] = None,
    clips: Annotated[
        bool, typer.Option("--clips", help="A recording is one clip: class and probabilities.")
    ] = False,
    output: Annotated[
        Format, typer.Option("--format", help="How to print on stdout.")
    ] = Format.TEXT,
    time: Annotated[
        TimeFormat, typer.Option(help="Seconds of a recording, or dates (ISO 8601).")
    ] = TimeFormat.SECONDS,
    start: Annotated[
        str | None,
        typer.Option(help="Date of the first sample of a recording (implies --time iso)."),
    ] = None,
    results: Results = Path("results"),
) -> None:
    """Hear recordings or the microphone with the exported C; print events, or a class a clip."""
    from nas.commands.run import RunRequest, run

    request = RunRequest(
        target=target,
        inputs=tuple(inputs or ()),
        results=results,
        microphone=microphone,
        seconds=seconds,
        clips=clips,
        iso=time is TimeFormat.ISO or start is not None,
        start=_date(start),
    )
    found = run(request, lambda line: typer.echo(f"nas: {line}", err=True))
    try:
        _print(found, output, clips=clips)
    except BrokenPipeError:  # `| head`: whoever read has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if found.bad:
        raise typer.Exit(DataError.exit_code)


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--start {text}: no ISO 8601 date; write 2026-01-31T08:00:00+00:00"
        ) from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _print(found: Any, output: Format, *, clips: bool) -> None:
    """Print each row as it comes; say so where none came."""
    rows = _counted(found.rows)
    if output is Format.TEXT:
        for row in rows:
            typer.echo(_clip_text(row) if clips else _event_text(row))
    else:
        _print_table(found, rows, output, clips=clips)


def _counted(rows: Iterator[Any]) -> Iterator[Any]:
    found = False
    for row in rows:
        found = True
        yield row
    if not found:
        typer.echo("nas: nothing was recognized", err=True)


def _print_table(found: Any, heard: Iterator[Any], output: Format, *, clips: bool) -> None:
    origin = asdict(found.origin)
    rows = ({**asdict(row), **origin} for row in heard)
    if output is Format.JSONL:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, allow_nan=False))
    else:
        _print_csv(rows, _columns(found.labels, list(origin), clips=clips), sys.stdout)


def _event_text(row: Any) -> str:
    return f"{_time_text(row.time)}  {row.event}  {row.probability:.3f}  {row.source}"


def _clip_text(row: Any) -> str:
    others = sorted(row.probabilities.items(), key=lambda item: -item[1])
    listed = ", ".join(f"{label} {probability:.3f}" for label, probability in others)
    return f"{row.source}: {row.label} ({listed})"


def _time_text(time: float | str) -> str:
    return time if isinstance(time, str) else f"{time:9.3f} s"


def _columns(labels: tuple[str, ...], origin: list[str], *, clips: bool) -> list[str]:
    if not clips:
        return ["time", "source", "event", "score", "probability", *origin]
    each = [f"probability_{label}" for label in labels]
    return ["time", "source", "label", "probability", *each, *origin]


def _print_csv(rows: Iterator[dict[str, Any]], columns: list[str], out: TextIO) -> None:
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        each = row.pop("probabilities", {})
        writer.writerow(row | {f"probability_{label}": value for label, value in each.items()})
        out.flush()
