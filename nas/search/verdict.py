"""What the limits say of a trial: they may be others than those of the session that ran it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nas.budget import Limits, violations
from nas.errors import ConfigError
from nas.search.journal import read_records
from nas.search.record import Record
from nas.search.study import FILE_NAME, read_study
from nas.trial import has_diverged

__all__ = ["fits_now", "judged_again", "judged_records", "worst"]


def worst(found: Mapping[str, float]) -> str | None:
    """Return ``budget:<limit>`` for the limit most violated, None where all hold."""
    if not found or max(found.values()) <= 0:
        return None
    return f"budget:{max(found, key=lambda key: found[key])}"


def judged_again(record: Record, limits: Limits) -> Record:
    """Return an earlier session's `record` with the verdict of today's limits."""
    if record.cost is None or record.pruned_by == "duplicate":
        return record
    found = violations(record.cost, limits)
    verdict = worst(found)
    kept = None if (record.pruned_by or "").startswith("budget:") else record.pruned_by
    if record.metrics is not None and has_diverged(record.metrics.val_loss):
        return replace(record, violations=found, pruned_by="failed", message="diverged")
    return replace(record, violations=found, pruned_by=verdict or kept)


def fits_now(record: Record, again: Record) -> bool:
    """Tell whether `record` was rejected and, judged `again`, is not: it may be tried anew."""
    return record.rejected and again.pruned_by is None


def judged_records(study_dir: Path) -> list[Record]:
    """Return every trial of the study with the verdict of the limits in study.json, in order.

    A trial that was rejected and would fit now stays rejected: it was not trained. Where
    study.json holds no limits, verdicts are those of the sessions.
    """
    records, limits = read_records(study_dir), _limits_of(study_dir)
    return records if limits is None else [_standing(record, limits) for record in records]


def _standing(record: Record, limits: Limits) -> Record:
    again = judged_again(record, limits)
    return record if fits_now(record, again) else again


def _limits_of(study_dir: Path) -> Limits | None:
    if not (study_dir / FILE_NAME).is_file():
        return None
    budget: Any = read_study(study_dir).get("budget", {})
    limits = budget.get("limits") if isinstance(budget, Mapping) else None
    if not isinstance(limits, Mapping):
        return None
    try:
        return Limits(**{key: value for key, value in limits.items() if value is not None})
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise ConfigError(
            f"{study_dir / FILE_NAME}: budget.limits: {reason}; run the search again, it writes "
            "them anew"
        ) from None
