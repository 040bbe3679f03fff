"""``nas train``."""

import json
from collections.abc import Mapping
from typing import Any

import typer

from nas.budget import amount
from nas.commands.train import TrainRequest, train

__all__ = ["run"]


def run(*, as_json: bool, **options: Any) -> None:
    """Train one candidate and print float and int8 accuracy and its costs."""
    folder, result = train(TrainRequest(**options), lambda text: typer.echo(text, err=True))
    if as_json:
        typer.echo(json.dumps(result, indent=2))
        return
    test, cost = result["test"], result["estimated"]
    low, high = test["interval"]
    for note in result["notes"]:
        typer.echo(f"note: {note}")
    typer.echo(f"{folder}/result.json")
    typer.echo(
        f"test, {test['n']} clips: int8 accuracy {test['int8_accuracy']:.4f} (95 % interval "
        f"{low:.4f} to {high:.4f}), float {test['float_accuracy']:.4f}"
    )
    typer.echo(
        f"MACs {cost['macs']:,}, ROM {cost['rom_bytes']:,} B, RAM {cost['ram_bytes']:,} B, "
        f"constants {cost['constant_bytes']:,} B, .tflite {result['model_bytes']:,} B"
        + over_budget(result)
    )


def over_budget(result: Mapping[str, Any]) -> str:
    """Return the limits that the candidate is over, after a semicolon, or nothing."""
    used = result["estimated"]
    over = [
        f"{key} {_said(used[key])} of {amount(it)}" for key, it in result["over_budget"].items()
    ]
    return f"; over budget: {', '.join(over)}" if over else ""


def _said(used: float | None) -> str:
    return "unknown" if used is None else amount(used)
