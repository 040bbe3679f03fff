"""From the front to a board: retrain, choose, export, re-price; then read the test split."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas import audio
from nas.audio.dataset import Split
from nas.budget import Budget
from nas.commands.choose import Contender, winner
from nas.commands.jobs import Context, FinalistJob, float_and_int8_test, run_finalist
from nas.commands.memory import memory_by_op
from nas.commands.plan import FinalistPlan
from nas.commands.studies import read_json
from nas.errors import CheckError, NoFeasibleModelError
from nas.export.built import built_cost
from nas.export.tree import export
from nas.files import write_bytes, write_json
from nas.search import Outcome, Record, map_jobs
from nas.search.record import candidate_of
from nas.space import write_candidate
from nas.tflite import read

__all__ = ["Finish", "finish", "settle"]

GOLDEN_CLIPS = 8
DECISION_MS = 250
RESULT = "result.json"


@dataclass(frozen=True, kw_only=True)
class Finish:
    """How it ended.

    Attributes:
        finalists: result.json of each, best int8 validation loss first.
        tied: those within one standard error of the best, by name, that the winner was chosen of.
        winner: result.json of the winner, with test scores and built costs.
        firmware: the exported tree.
        too_large: those that won on loss but did not fit once built, by name, with what did not.
        failed: those whose training failed, by name, with the reason.

    A name is ``<trial>-s<seed>``, that of the folder in finalists/.
    """

    finalists: list[dict[str, Any]]
    tied: list[str]
    winner: dict[str, Any]
    firmware: Path
    too_large: dict[str, str]
    failed: dict[str, str]


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
    say(f"{len(jobs)} finalist trainings, {plan.epochs} + {plan.qat_epochs} epochs each")
    results, failed = _train(jobs, n_workers, study_dir, deadline, say)
    return settle(
        study_dir, results=results, failed=failed, context=context, budget=budget, say=say
    )


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
            out_dir=study_dir / "finalists" / _name(_needed(record.number), seed),
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
    )
    failed = {
        _name(job.trial, job.seed): outcome.failed
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


def settle(
    study_dir: Path,
    *,
    results: list[dict[str, Any]],
    failed: dict[str, str],
    context: Context,
    budget: Budget,
    say: Callable[[str], None],
) -> Finish:
    """Choose among `results`, export and re-price until one fits, then read the test split.

    Raises:
        NoFeasibleModelError: none of them fits once built.
        CheckError: no finalist was trained.
    """
    if not results:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
        raise CheckError(f"no finalist was trained ({reasons}); give the search more --minutes")
    left, too_large = list(results), dict[str, str]()
    while left:
        best, near = winner([_contender(result, budget, i) for i, result in enumerate(left)])
        tied = [_name_of(left[one.number]) for one in near]
        result = left.pop(best.number)
        built = _export(study_dir, result, context, budget)
        over = _over(built, budget)
        if not over:
            chosen = _crown(study_dir, {**result, "built": built}, context)
            say(f"winner: trial {result['trial']}, seed {result['seed']}")
            ranked = sorted(results, key=lambda one: one["int8"]["val_loss"])
            return Finish(
                finalists=ranked,
                tied=tied,
                winner=chosen,
                firmware=study_dir / "firmware",
                too_large=too_large,
                failed=failed,
            )
        too_large[_name_of(result)] = over
        say(f"finalist {_name_of(result)} does not fit once built: {over}; taking the next")
    raise NoFeasibleModelError(
        f"{study_dir}: no finalist fits once built: "
        + "; ".join(f"{name}: {over}" for name, over in too_large.items())
    )


def _contender(result: dict[str, Any], budget: Budget, index: int) -> Contender:
    used = result["estimated"]
    return Contender(
        number=index,
        val_loss=result["int8"]["val_loss"],
        standard_error=result["int8"]["val_loss_error"],
        share=max(used[key] / limit for key, limit in budget.limits.given().items()),
    )


def _folder(study_dir: Path, result: dict[str, Any]) -> Path:
    return study_dir / "finalists" / _name_of(result)


def _name_of(result: dict[str, Any]) -> str:
    return _name(result["trial"], result["seed"])


def _name(trial: int, seed: int) -> str:
    """Return what a finalist is called: one trial may be trained with several seeds."""
    return f"{trial}-s{seed}"


def _export(
    study_dir: Path, result: dict[str, Any], context: Context, budget: Budget
) -> dict[str, Any]:
    candidate = candidate_of(result["candidate"])
    settings = candidate.frontend
    rate, clip_ms = settings.sample_rate_hz, settings.clip_ms
    clips = audio.waveforms(context.dataset, Split.VALIDATION, rate, clip_ms, context.cache_dir)
    step = max(1, len(clips) // GOLDEN_CLIPS)
    export(
        study_dir / "firmware",
        model=(_folder(study_dir, result) / "model.tflite").read_bytes(),
        settings=settings,
        labels=result["labels"],
        golden=clips[::step][:GOLDEN_CLIPS],
        candidate=result["candidate"],
        decision_ms=DECISION_MS,
    )
    built: dict[str, Any] = built_cost(study_dir / "firmware", budget.device.core)
    return built


def _over(built: dict[str, Any], budget: Budget) -> str:
    """Return what is over its limit, or nothing.

    Code compiled for this computer, where the board's cross compiler is absent, has another size
    and wider pointers: its ROM and RAM are shown, and say nothing of the board.
    """
    foreign = ("rom_bytes", "ram_bytes") if built["compiled_for"] == "host" else ()
    limits = [(key, it) for key, it in budget.limits.given().items() if key not in foreign]
    return ", ".join(
        f"{key} {built[key]:,} of {limit:,}" for key, limit in limits if built[key] > limit
    )


def _crown(study_dir: Path, result: dict[str, Any], context: Context) -> dict[str, Any]:
    """Fill winner/: model, candidate, memory by op and, last, result.json with the test.

    A model that won before has read the test split: its scores are kept, not measured again.
    """
    source, folder = _folder(study_dir, result), study_dir / "winner"
    candidate = candidate_of(result["candidate"])
    model = (source / "model.tflite").read_bytes()
    test = _tested(folder, model) or float_and_int8_test(source, context, candidate)
    (folder / RESULT).unlink(missing_ok=True)
    write_bytes(folder / "model.tflite", model)
    write_json(folder / "memory.json", memory_by_op(read(model).graph))
    write_candidate(folder / "candidate.yaml", candidate)
    result = {**result, "test": test}
    write_json(folder / RESULT, result)
    return result


def _tested(folder: Path, model: bytes) -> dict[str, Any] | None:
    """Return the test scores in `folder`, if they are those of `model`."""
    kept = folder / "model.tflite"
    if not (folder / RESULT).is_file() or not kept.is_file() or kept.read_bytes() != model:
        return None
    test: dict[str, Any] | None = read_json(folder / RESULT).get("test")
    return test


def _needed(value: Any) -> Any:
    assert value is not None, "a complete record has candidate, number and cost"
    return value
