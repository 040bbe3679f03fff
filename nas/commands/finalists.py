"""The best of the front, retrained in full in worker processes; then one of them is crowned."""

import time
from collections.abc import Callable, Sequence
from math import isinf
from pathlib import Path
from typing import Any

from nas.budget import Budget
from nas.commands.crown import RESULT, Finish, finalist_name, settle
from nas.commands.jobs import Context, FinalistJob, run_finalist
from nas.commands.plan import FinalistPlan
from nas.commands.studies import read_json
from nas.files import write_json
from nas.search import Outcome, Record, map_jobs

__all__ = ["finish", "under_way"]

CHOSEN = "chosen.json"

LATE_SECONDS = 300.0
LATE_SHARE = 1.5


def finish(
    study_dir: Path,
    *,
    records: Sequence[Record],
    plan: FinalistPlan,
    context: Context,
    budget: Budget,
    n_workers: int,
    deadline: float,
    say: Callable[[str], None],
) -> Finish:
    """Retrain the best of `records` and leave the winner in `study_dir`.

    Args:
        study_dir: gets finalists/, winner/ and firmware/.
        records: complete trials, lowest validation loss first.
        plan: how many, how long.
        context: data and cache.
        budget: the board.
        n_workers: trainings at a time.
        deadline: time.monotonic() after which no further training starts (one always does).
        say: told of each finalist.
    """
    jobs = _jobs(study_dir, records, plan, context)
    chosen = study_dir / "finalists" / CHOSEN
    write_json(chosen, {"trials": [job.trial for job in jobs]})
    results, failed = _train(jobs, n_workers, study_dir, deadline, say)
    done = settle(
        study_dir, results=results, failed=failed, context=context, budget=budget, say=say
    )
    chosen.unlink()
    return done


def under_way(study_dir: Path) -> list[int]:
    """Return the trials whose retraining an earlier session began and did not end."""
    chosen = study_dir / "finalists" / CHOSEN
    return list(read_json(chosen)["trials"]) if chosen.is_file() else []


def _jobs(
    study_dir: Path, records: Sequence[Record], plan: FinalistPlan, context: Context
) -> list[FinalistJob]:
    chosen = [
        (seed, record) for seed in range(plan.seeds) for record in records[: plan.candidates]
    ]
    return [
        FinalistJob(
            context=context,
            candidate=_needed(record.candidate),
            trial=_needed(record.number),
            seed=seed,
            epochs=plan.epochs,
            qat_epochs=plan.qat_epochs,
            out_dir=study_dir / "finalists" / finalist_name(_needed(record.number), seed),
            estimated=_needed(record.cost).to_dict(),
        )
        for seed, record in chosen
    ]


def _train(
    jobs: Sequence[FinalistJob],
    n_workers: int,
    study_dir: Path,
    deadline: float,
    say: Callable[[str], None],
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the results, those of an earlier session included, and what failed."""
    done = [found for job in jobs if (found := _done(job))]
    todo = [job for job in jobs if not _done(job)]
    started: list[int] = []

    def may_start() -> bool:
        started.append(1)
        first = not done and len(started) <= n_workers
        return first or time.monotonic() < deadline

    def on_done(index: int, outcome: Outcome) -> None:
        say(_told(todo[index], outcome))

    outcomes = map_jobs(
        run_finalist,
        todo,
        n_workers=n_workers,
        log_dir=study_dir,
        on_done=on_done,
        may_start=may_start,
        seconds_at_most=_longest(deadline),
    )
    failed = {
        finalist_name(job.trial, job.seed): outcome.failed
        for job, outcome in zip(todo, outcomes, strict=True)
        if outcome.failed
    }
    return done + [outcome.result for outcome in outcomes if not outcome.failed], failed


def _done(job: FinalistJob) -> dict[str, Any] | None:
    """Return what an earlier session left of `job`, if it was trained for as long."""
    path = job.out_dir / RESULT
    result = read_json(path) if path.is_file() else {}
    same = (result.get("epochs"), result.get("qat_epochs")) == (job.epochs, job.qat_epochs)
    return result if same else None


def _told(job: FinalistJob, outcome: Outcome) -> str:
    name = f"finalist: trial {job.trial}, seed {job.seed}"
    if outcome.failed:
        return f"{name}: {outcome.failed}"
    scores = outcome.result["int8"]
    accuracy, loss = scores["val_accuracy"], scores["val_loss"]
    seconds = outcome.result["seconds"]
    return f"{name}: int8 validation accuracy {accuracy:.3f}, loss {loss:.3f} ({seconds:.0f} s)"


def _needed(value: Any) -> Any:
    assert value is not None, "a complete record has candidate, number and cost"
    return value


def _longest(deadline: float) -> float | None:
    """Return how long one training may take before it counts as hung: well past the deadline.

    A finalist that is a little late is worth more than none; one that never ends is not.
    """
    if isinf(deadline):
        return None
    return LATE_SECONDS + LATE_SHARE * max(0.0, deadline - time.monotonic())
