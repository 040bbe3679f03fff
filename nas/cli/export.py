"""``nas export``: a study's winner or any int8 `.tflite` as a firmware tree."""

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["export"]


def export(
    source: Annotated[
        Path, typer.Argument(help="Study folder, its name in results/, or an int8 .tflite.")
    ],
    out: Annotated[Path, typer.Argument(help="Folder to write the firmware tree to.")],
    frontend: Annotated[
        str | None, typer.Option(help="Candidate or study whose features a .tflite takes.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Names of a .tflite's outputs, with commas.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Build system to add, repeatable; default: all.")
    ] = None,
    results: Annotated[Path, typer.Option(help="Folder that holds the studies.")] = Path(
        "results"
    ),
) -> None:
    """Write a study's winner, or any int8 .tflite, as a firmware tree to another folder."""
    from nas.commands.export import export_model, export_winner
    from nas.commands.studies import find_study
    from nas.detector.settings import NONE
    from nas.errors import ConfigError

    if source.suffix == ".tflite" or source.is_file():
        names = labels.split(",") if labels else None
        made = export_model(
            source, out, frontend=frontend, labels=names, targets=target, results=results
        )
        for reason in made.manifest["test_vectors"]["refused"]:
            typer.echo(f"note: {reason}", err=True)
        detection = made.manifest["detection"]
        if detection and detection["source"] == NONE:
            typer.echo(f"note: {detection['rule']}", err=True)
        typer.echo(f"test outputs: {made.manifest['test_vectors']['outputs']}", err=True)
        _tell(made.path, made.manifest)
        return
    if frontend or labels:
        raise ConfigError(f"{source}: has its own front end and labels; they are for a .tflite")
    made = export_winner(find_study(source, results), out, target)
    _tell(made.path, made.manifest)


def _tell(tree: Path, manifest: dict[str, Any]) -> None:
    """Print where the tree is, and what sound it takes."""
    if manifest["frontend"]:
        rate = manifest["frontend"]["sample_rate_hz"]
        typer.echo(f"it hears 16-bit samples of one channel at {rate:,} Hz", err=True)
    typer.echo(tree)
