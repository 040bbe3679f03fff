"""What a study leaves for people: tables, files left out, the page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nas import audio
from nas.audio.dataset import Dataset
from nas.commands.what_binds import what_binds
from nas.files import write_text
from nas.report import write_report
from nas.report.boards import csv_rows
from nas.search import Record, front_frame, judged_records, trials_frame

__all__ = ["leave_behind", "write_tables"]


def leave_behind(study_dir: Path, dataset: Dataset) -> Path:
    """Write bad_files.csv, trials.csv, front.csv and report.html; return the page."""
    bad = pd.DataFrame(audio.bad_files_table(dataset), columns=["path", "reason"])
    write_text(study_dir / "bad_files.csv", bad.to_csv(index=False))
    return write_tables(study_dir)


def write_tables(
    study_dir: Path,
    *,
    records: Sequence[Record] | None = None,
    limits: Mapping[str, Any] | None = None,
    boards: Mapping[str, Any] | None = None,
) -> Path:
    """Write trials.csv, front.csv and report.html from what the study holds.

    Args:
        study_dir: the study's folder.
        records: its `judged_records`; read here where they are not given.
        limits: what each limit did; worked out here where it is not given.
        boards: the trials on other boards; they leave boards.csv too.
    """
    records = judged_records(study_dir) if records is None else records
    tables = {"trials": trials_frame(study_dir, records), "front": front_frame(study_dir, records)}
    if boards is not None:
        tables["boards"] = pd.DataFrame(csv_rows(boards), dtype=object)  # whole numbers stay whole
    for name, table in tables.items():
        write_text(study_dir / f"{name}.csv", table.to_csv(index=False))
    limits = what_binds(study_dir, records) if limits is None else limits
    return write_report(study_dir, limits=limits, boards=boards)
