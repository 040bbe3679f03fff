"""Who wins: choose, export, re-price; then, and only then, read the test split."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas import audio
from nas.audio.dataset import Split
from nas.budget import Budget, Cost, amount, unknown
from nas.commands.choose import Contender, winner
from nas.commands.jobs import Context, float_and_int8_test
from nas.commands.memory import memory_by_op
from nas.commands.studies import read_json
from nas.cost import price
from nas.detector import Detection
from nas.errors import CheckError, NoFeasibleModelError
from nas.export.built import built_cost
from nas.export.tree import export
from nas.files import write_bytes, write_json
from nas.frontend import FrontEndSettings
from nas.graph.planner import greedy_plan, overlapped_plan
from nas.search.record import candidate_of
from nas.space import write_candidate
from nas.tflite import read

__all__ = ["RESULT", "Finish", "finalist_name", "settle"]

GOLDEN_CLIPS = 8
RESULT = "result.json"
READS = "test_reads.json"


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
            why = {"built": built, "tied": tied, "too_large": too_large}
            chosen = _crown(study_dir, {**result, **why}, context, budget.runtime)
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
    limits = _known(budget, used)
    return Contender(
        number=index,
        val_loss=result["int8"]["val_loss"],
        standard_error=result["int8"]["val_loss_error"],
        share=max((used[key] / limit for key, limit in limits.items()), default=0.0),
    )


def _folder(study_dir: Path, result: dict[str, Any]) -> Path:
    return study_dir / "finalists" / _name_of(result)


def _name_of(result: dict[str, Any]) -> str:
    return finalist_name(result["trial"], result["seed"])


def finalist_name(trial: int, seed: int) -> str:
    """Return what a finalist is called: one trial may be trained with several seeds."""
    return f"{trial}-s{seed}"


def _export(
    study_dir: Path, result: dict[str, Any], context: Context, budget: Budget
) -> dict[str, Any]:
    settings = candidate_of(result["candidate"]).frontend
    model = (_folder(study_dir, result) / "model.tflite").read_bytes()
    priced = price(read(model).graph, settings, budget, file_bytes=len(model))
    export(
        study_dir / "firmware",
        model=model,
        settings=settings,
        labels=result["labels"],
        golden=_golden(context, settings),
        candidate=result["candidate"],
        decision_ms=budget.decision_ms,
        audio_ring_hops=priced.parts["ram.audio_ring"] // (2 * settings.hop_length),
        detection=_detection(result),
    )
    return _built(study_dir / "firmware", priced, budget)


def _golden(context: Context, settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return clips from all over the validation split as they were evaluated."""
    store = audio.FeatureStore(context.dataset, context.cache_dir)
    n_clips = len(context.dataset.of(Split.VALIDATION))
    rows = range(0, n_clips, max(1, n_clips // GOLDEN_CLIPS))[:GOLDEN_CLIPS]
    return store.heard(Split.VALIDATION, settings, rows)


def _detection(result: dict[str, Any]) -> Detection | None:
    """Return what was tuned on validation; an earlier version tuned nothing."""
    kept = result.get("detection")
    return Detection.from_dict(kept) if kept else None


def _built(tree: Path, priced: Cost, budget: Budget) -> dict[str, Any]:
    """Return what the shipped model costs: read from what a compiler made of it.

    Time is the price of the model read back. So is everything under TFLM, whose sources are not
    here to be compiled; the length of the `.tflite` is the real one.
    """
    if budget.runtime == "tflm":
        return {**priced.to_dict(), "core": budget.device.core, "compiled_for": "tflm"}
    time = {"latency_ms": priced.latency_ms, "load": priced.load}
    return {**built_cost(tree, budget.device.core), **time}


def _over(built: dict[str, Any], budget: Budget) -> str:
    """Return what is over its limit, or nothing.

    Code compiled for this computer, where the board's cross compiler is absent, has another size
    and wider pointers: its ROM and RAM are shown, and say nothing of the board.
    """
    foreign = ("rom_bytes", "ram_bytes") if built["compiled_for"] == "host" else ()
    limits = _known(budget, built)
    return ", ".join(
        f"{key} {amount(built[key])} of {amount(limit)}"
        for key, limit in limits.items()
        if key not in foreign and built[key] > limit
    )


def _known(budget: Budget, used: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits of what `used` knows."""
    missing = unknown(used, budget.limits)
    return {key: it for key, it in budget.limits.given().items() if key not in missing}


def _crown(
    study_dir: Path, result: dict[str, Any], context: Context, runtime: str
) -> dict[str, Any]:
    """Fill winner/: model, candidate, memory by op and, last, result.json with the test.

    The last winner's scores are kept, not measured again. When another model wins a study that
    goes on, the test split is read anew, and `test_reads` tells how often and for which it was.
    """
    source, folder = _folder(study_dir, result), study_dir / "winner"
    candidate = candidate_of(result["candidate"])
    model = (source / "model.tflite").read_bytes()
    reads, test = _reads(folder), _tested(folder, model)
    if test is None:
        test = float_and_int8_test(source, context, candidate)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        reads = [*reads, _read_by(result, model, test, now)]
        write_json(folder / READS, {"test_reads": reads})  # at once: no kill may hide a reading
    (folder / RESULT).unlink(missing_ok=True)
    write_bytes(folder / "model.tflite", model)
    write_json(folder / "memory.json", _memory(model, runtime))
    write_candidate(folder / "candidate.yaml", candidate)
    result = {**result, "test": test, "test_reads": reads}
    write_json(folder / RESULT, result)
    return result


def _memory(model: bytes, runtime: str) -> list[dict[str, Any]]:
    """Return memory by op as the runtime plans it."""
    graph = read(model).graph
    return memory_by_op(graph, greedy_plan(graph) if runtime == "tflm" else overlapped_plan(graph))


def _tested(folder: Path, model: bytes) -> dict[str, Any] | None:
    """Return the test scores in `folder`, if they are those of `model`."""
    kept = folder / "model.tflite"
    if not (folder / RESULT).is_file() or not kept.is_file() or kept.read_bytes() != model:
        return None
    test: dict[str, Any] | None = read_json(folder / RESULT).get("test")
    return test


def _reads(folder: Path) -> list[dict[str, Any]]:
    """Return every reading of the test split in this study, first one first."""
    for name in (READS, RESULT):
        kept = read_json(folder / name) if (folder / name).is_file() else {}
        if "test_reads" in kept:
            return list(kept["test_reads"])
    model = folder / "model.tflite"
    if not kept.get("test") or not model.is_file():
        return []
    return [_read_by(kept, model.read_bytes(), kept["test"], None)]  # it kept no list yet


def _read_by(
    result: dict[str, Any], model: bytes, test: dict[str, Any], time: str | None
) -> dict[str, Any]:
    return {
        "trial": result["trial"],
        "seed": result["seed"],
        "model_sha256": hashlib.sha256(model).hexdigest(),
        "int8_accuracy": test["int8_accuracy"],
        "time": time,
    }
