"""Commands that read what is there: status, comparison, report, export again."""

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
from nas.search import judged_records

__all__ = ["Comparison", "Report", "compare", "report", "status"]


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


def status(study_dir: Path) -> dict[str, Any]:
    """Return counts of trials by what became of them, the best so far, the winner and the limits.

    `limits` is a `nas.commands.binding.Binding` as plain data. Verdicts and the best are those of
    the limits in study.json.
    """
    records = judged_records(study_dir)
    counts: dict[str, int] = {}
    for record in records:
        state = record.pruned_by or "complete"
        counts[state] = counts.get(state, 0) + 1
    complete = [r for r in records if r.complete and r.metrics is not None]
    best = min(complete, key=lambda r: r.metrics.val_loss if r.metrics else 0.0, default=None)
    winner = study_dir / "winner" / "result.json"
    return {
        "study": str(study_dir),
        "trials": len(records),
        "by_state": dict(sorted(counts.items(), key=lambda item: -item[1])),
        "best": None if best is None or best.metrics is None else _best(best),
        "winner": read_json(winner)["test"]["int8_accuracy"] if winner.is_file() else None,
        "limits": asdict(study_binding(records, read_json(study_dir / "study.json"))),
    }


def _best(record: Any) -> dict[str, Any]:
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
