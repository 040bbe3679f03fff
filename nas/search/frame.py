"""A study as tables: all trials, and the front, at the limits of its last session."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nas.search.record import Record, front_of
from nas.search.verdict import judged_records
from nas.trial import OBJECTIVES

__all__ = ["front_frame", "trials_frame"]

COSTS = (
    *("rom_bytes", "ram_bytes", "macs", "constant_bytes", "arena_bytes"),
    *("latency_ms", "load"),
)


def trials_frame(study_dir: Path, records: Sequence[Record] | None = None) -> pd.DataFrame:
    """Return one row a trial: number, state, verdict, scores, costs and every choice.

    `records` are `judged_records` of the study, where they are at hand: reading takes longest.
    """
    return _frame(judged_records(study_dir) if records is None else records)


def front_frame(study_dir: Path, records: Sequence[Record] | None = None) -> pd.DataFrame:
    """Return the complete trials that no other dominates in the four objectives, by loss."""
    return _frame(front_of(judged_records(study_dir) if records is None else records))


def _frame(records: Sequence[Record]) -> pd.DataFrame:
    first = ["trial", "state", "pruned_by", "rung", "epochs", *OBJECTIVES, "val_accuracy"]
    frame = pd.DataFrame([_row(record) for record in records])
    rest = [name for name in frame.columns if name not in first]
    return frame.reindex(columns=[*first, *rest])


def _row(record: Record) -> dict[str, Any]:
    row: dict[str, Any] = {
        "trial": record.number,
        "state": _state(record),
        "pruned_by": record.pruned_by,
        "message": record.message,
        "rung": record.rung,
        "epochs": record.epochs,
    }
    if record.metrics is not None:
        metrics = record.metrics
        row |= {"val_loss": metrics.val_loss, "val_accuracy": metrics.val_accuracy}
        row |= {"train_loss": metrics.train_loss, "seconds": metrics.seconds}
    if record.cost is not None:
        row |= {name: getattr(record.cost, name) for name in COSTS}
    row |= {f"violation.{name}": value for name, value in record.violations.items()}
    return row | _choices(record)


def _choices(record: Record) -> dict[str, Any]:
    candidate = record.candidate
    if candidate is None:
        return {}
    parts = {"frontend": candidate.frontend.to_dict(), "training": candidate.training}
    named = {f"{part}.{key}": v for part, values in parts.items() for key, v in values.items()}
    network = {f"{candidate.family}.{key}": value for key, value in candidate.network.items()}
    return {"family": candidate.family, "fingerprint": candidate.fingerprint, **named, **network}


def _state(record: Record) -> str:
    if record.complete:
        return "complete"
    return "failed" if record.pruned_by == "failed" else "pruned"
