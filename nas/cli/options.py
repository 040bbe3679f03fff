"""Options and arguments that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsJson", "Budget", "Data", "DataRoot", "Limit", "Results", "Seed", "Study", "Workers"]

Budget = Annotated[str, typer.Option(help="Board file: a path or a name in constraints/.")]
Limit = Annotated[
    list[str] | None, typer.Option("--limit", help="KEY=VALUE, overrides or adds a limit.")
]
Data = Annotated[str, typer.Option(help="Name in data/, a descriptor, or a folder a class.")]
DataRoot = Annotated[
    Path | None, typer.Option(help="Where the recordings of a named data set lie.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Training processes; default: the number of cores.")
]
Results = Annotated[Path, typer.Option(help="Folder that holds the studies.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of everything random.")]
Study = Annotated[Path, typer.Argument(help="Study folder, or its name in results/.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
