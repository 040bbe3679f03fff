"""How long a search's own steps took: ``search_stats.json`` in the study's folder."""

from pathlib import Path
from statistics import median, quantiles
from typing import Any

from nas.files import write_json
from nas.search.progress import Progress

__all__ = ["FILE_NAME", "summary", "write"]

FILE_NAME = "search_stats.json"


def summary(
    progress: Progress,
    *,
    price: list[float],
    record: list[float],
    record_trained: list[float],
    ask: list[float],
) -> dict[str, Any]:
    """Return counts over the study, and milliseconds a candidate of this session.

    `record_ms` is of rejected candidates, `record_trained_ms` of trained ones, disk sync included.
    """
    return {
        "rejected": dict(sorted(progress.rejected.items())),
        "rejected_total": progress.rejected.total(),
        "trained": progress.trained,
        "complete": progress.complete,
        "stopped": progress.stopped,
        "failed": progress.failed,
        "cut": progress.cut,
        "arrivals": list(progress.arrivals),
        "price_ms": _milliseconds(price),
        "record_ms": _milliseconds(record),
        "record_trained_ms": _milliseconds(record_trained),
        "ask_ms": _milliseconds(ask),
    }


def write(study_dir: Path, stats: dict[str, Any]) -> None:
    """Write `stats` as a whole."""
    write_json(study_dir / FILE_NAME, stats)


def _milliseconds(seconds: list[float]) -> dict[str, float] | None:
    if len(seconds) < 2:
        return None
    return {
        "n": len(seconds),
        "median": round(1e3 * median(seconds), 4),
        "p95": round(1e3 * quantiles(seconds, n=20)[-1], 4),
    }
