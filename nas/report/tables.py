"""Tables for a terminal: the front, the finalists, and estimated beside built."""

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from nas.report.columns import table as _table
from nas.report.study import StudyFiles
from nas.report.wording import COST_NAMES, amount, count, loss, percent

__all__ = ["built_for", "built_rows", "built_table", "finalists_table", "front_table"]

FRONT = ("rom_bytes", "ram_bytes", "macs")


def front_table(study: StudyFiles, limit: int = 10) -> Table:
    """Return the front's best `limit` trials by validation loss."""
    shown = study.front.head(limit)
    table = _table(
        f"Pareto front: {len(shown)} of {len(study.front)} trials, best first",
        ("trial", "family", "val loss", "val acc.", *(COST_NAMES[key] for key in FRONT)),
        text=(1,),
    )
    for row in shown.to_dict("records"):
        table.add_row(
            count(row["trial"]),
            escape(str(row["family"])),
            loss(row["val_loss"]),
            percent(row["val_accuracy"]),
            *(count(row[key]) for key in FRONT),
        )
    return table


def finalists_table(study: StudyFiles) -> Table:
    """Return float and int8 validation figures of every finalist, side by side."""
    headings = (
        "trial",
        "seed",
        "float\nloss",
        "int8\nloss",
        "float\nacc.",
        "int8\nacc.",
        "MACs",
        "",
    )
    table = _table("Finalists on validation, best first", headings)
    for result in study.finalists:
        both = (result["float"], result["int8"])
        table.add_row(
            str(result["trial"]),
            str(result["seed"]),
            *(loss(one["val_loss"]) for one in both),
            *(percent(one["val_accuracy"]) for one in both),
            count((result.get("built") or result["estimated"])["macs"]),
            "winner" if is_winner(study, result) else "",
        )
    return table


NOT_BUILT = {"latency_ms": " in ms, priced again", "load": ", priced again"}
"""Said of what no compiler tells: the price of the model that ships."""


def built_table(result: Mapping[str, Any]) -> Table:
    """Return what was estimated beside what was built, with the ratio."""
    headings = ("", "estimated", "built", "built / estimated")
    table = _table(f"Estimated and built{built_for(result)}", headings, text=(0,))
    for name, estimated, built, ratio in built_rows(result):
        table.add_row(name, amount(estimated), amount(built), ratio)
    return table


def built_for(result: Mapping[str, Any]) -> str:
    """Return what the C was compiled for, after a comma; on this computer sizes differ."""
    built = result.get("built") or {}
    core, used = built.get("core"), built.get("compiled_for")
    if used == "host":
        return f", compiled for this computer: no cross compiler for {core}, whose sizes differ"
    if used == "tflm":
        return (
            ", priced again from the shipped .tflite: TensorFlow Lite Micro is not compiled here"
        )
    return f", compiled for {used}" if used else ""


def built_rows(result: Mapping[str, Any]) -> list[tuple[str, float | None, float | None, str]]:
    """Return (name, estimated, built, ratio) for every quantity that either side knows.

    Time is not read from what a compiler made: it is the price of the model that ships.
    """
    estimated, built = result.get("estimated") or {}, result.get("built") or {}
    rows = []
    for key, name in COST_NAMES.items():
        first, second = estimated.get(key), built.get(key)
        if first is not None or second is not None:
            ratio = f"{second / first:.3f}" if first and second is not None else "–"
            rows.append((f"{name}{NOT_BUILT.get(key, '')}", first, second, ratio))
    return rows


def is_winner(study: StudyFiles, result: Mapping[str, Any]) -> bool:
    """Tell whether `result` is the finalist that won."""
    winner = study.winner
    if winner is None:
        return False
    return (winner["trial"], winner["seed"]) == (result["trial"], result["seed"])
