"""Commands that read what is there: status, comparison, report, export again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.commands.leave import write_tables
from nas.commands.reslice import check_accuracy, study_on_boards
from nas.commands.studies import read_json, results_of
from nas.commands.what_binds import study_binding, what_binds
from nas.errors import ConfigError
from nas.scores import paired_interval
from nas.search import Progress, Record, judged_records, progress_of

__all__ = ["Comparison", "Report", "Status", "compare", "report", "status"]


@dataclass(frozen=True)
class Comparison:
    """Two int8 models on the same test clips.

    Attributes:
        first, second: int8 test accuracies.
        difference: first - second.
        interval: 95 % of the paired difference.
        n: clips.
        macs: of both.
    """

    first: float
    second: float
    difference: float
    interval: tuple[float, float]
    n: int
    macs: tuple[int, int]


def compare(first: Path, second: Path) -> Comparison:
    """Compare two results clip by clip.

    Raises:
        ConfigError: no result, no test scores, or other test clips.
    """
    results = [results_of(folder) for folder in (first, second)]
    right = [
        _right(result, folder) for result, folder in zip(results, (first, second), strict=True)
    ]
    tested_on = [(r["labels"], r.get("data_digest"), r["test"]["n"]) for r in results]
    if tested_on[0] != tested_on[1]:
        raise ConfigError(f"{first} and {second} were tested on other clips or other labels")
    mean, low, high = paired_interval(right[0], right[1])
    return Comparison(
        float(right[0].mean()),
        float(right[1].mean()),
        mean,
        (low, high),
        len(right[0]),
        (results[0]["estimated"]["macs"], results[1]["estimated"]["macs"]),
    )


def _right(result: dict[str, Any], folder: Path) -> np.ndarray[Any, np.dtype[np.bool_]]:
    test = result.get("test")
    if not test or "right" not in test:
        raise ConfigError(f"{folder}: its result.json has no test scores; search or train anew")
    return np.asarray(test["right"], dtype=bool)


@dataclass(frozen=True, kw_only=True)
class Status:
    """How far a study is.

    Attributes:
        study: its folder.
        by_state: trials that ended, by what became of them.
        progress: the same as the search counts and shows it, none running.
        winner: int8 accuracy on the test split, where there is one.
        limits: a `nas.commands.binding.Binding` as plain data.
    """

    study: Path
    by_state: Counter[str]
    progress: Progress
    winner: float | None
    limits: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        progress = self.progress
        return {
            "study": str(self.study),
            "trials": self.by_state.total(),
            "rejected": progress.rejected.total(),
            "trained": progress.trained,
            "cut": progress.cut,
            "by_state": dict(self.by_state.most_common()),
            "best": None if progress.best is None else _best(progress.best),
            "winner": self.winner,
            "limits": self.limits,
        }


def status(study_dir: Path) -> Status:
    """Return how far a study is; verdicts and the best are those of the limits in study.json."""
    records = judged_records(study_dir)
    winner = study_dir / "winner" / "result.json"
    return Status(
        study=study_dir,
        by_state=Counter(record.pruned_by or "complete" for record in records),
        progress=progress_of(records),
        winner=read_json(winner)["test"]["int8_accuracy"] if winner.is_file() else None,
        limits=asdict(study_binding(records, read_json(study_dir / "study.json"))),
    )


def _best(record: Record) -> dict[str, Any]:
    assert record.metrics is not None
    assert record.cost is not None
    return {
        "trial": record.number,
        "val_loss": record.metrics.val_loss,
        "val_accuracy": record.metrics.val_accuracy,
        "macs": record.cost.macs,
    }


@dataclass(frozen=True, kw_only=True)
class Report:
    """What `report` wrote and found.

    Attributes:
        page: report.html.
        limits: what each limit did (`nas.commands.what_binds`).
        boards: the trials on other boards (`nas.commands.reslice`); None where none was named.
    """

    page: Path
    limits: dict[str, Any]
    boards: dict[str, Any] | None


def report(
    study_dir: Path, *, boards: Sequence[str] = (), accuracy: float | None = None
) -> Report:
    """Write the tables and the page again, with the trials priced for `boards` if there are any.

    Raises:
        ConfigError: no such board, an accuracy outside [0, 1], or one without a board.
    """
    check_accuracy(accuracy)
    if accuracy is not None and not boards:
        raise ConfigError("--accuracy: say which boards to choose from, as in --boards all")
    records = judged_records(study_dir)
    limits = what_binds(study_dir, records)
    resliced = None
    if boards:
        resliced = study_on_boards(study_dir, records, words=boards, accuracy=accuracy)
    page = write_tables(study_dir, records=records, limits=limits, boards=resliced)
    return Report(page=page, limits=limits, boards=resliced)
