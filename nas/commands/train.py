"""One fixed candidate through the recipe of the finalists: baselines and reproductions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nas import audio, config
from nas.audio.dataset import Dataset
from nas.budget import Budget, Cost, load_budget, violations
from nas.commands.data import notes
from nas.commands.jobs import Context, FinalistJob, float_and_int8_test, run_finalist
from nas.commands.studies import find_result, results_of
from nas.cost import price
from nas.errors import CheckError
from nas.files import digest, write_json
from nas.search import map_jobs
from nas.search.record import candidate_of
from nas.space import Candidate, build_graph, read_candidate

__all__ = ["TrainRequest", "train"]


@dataclass(frozen=True, kw_only=True)
class TrainRequest:
    """What to train, on what, for how long; `like` is a study or training to take after."""

    candidate: str
    budget: str
    limits: list[str]
    data: str
    data_root: Path | None
    epochs: int
    qat_epochs: int
    seed: int
    out_dir: Path | None
    results: Path
    like: Path | None = None


def train(request: TrainRequest, say: Callable[[str], None]) -> tuple[Path, dict[str, Any]]:
    """Train, quantize, convert and test; return the folder and what its result.json holds.

    Nothing is chosen by it, so the test split may be read.

    Raises:
        ConfigError, DataError: one line that says what to do.
        CheckError: the training failed; its log says why.
    """
    path = config.resolve("search_spaces/candidates", request.candidate)
    candidate = _like(read_candidate(path), request)
    budget = load_budget(request.budget, request.limits)
    dataset = audio.load(request.data, request.data_root, audio.cache_dir())
    name = f"{path.stem}-{dataset.name}-s{request.seed}"
    made_of = _made_of(candidate, budget, dataset, request)
    folder = request.out_dir or request.results / f"{name}-{made_of}"
    cost = price(build_graph(candidate, len(dataset.labels)), candidate.frontend, budget)
    context = Context(dataset, audio.cache_dir(), request.epochs)
    job = FinalistJob(
        context=context,
        candidate=candidate,
        trial=-1,
        seed=request.seed,
        epochs=request.epochs,
        qat_epochs=request.qat_epochs,
        out_dir=folder,
        estimated=cost.to_dict(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    say(f"training {path.stem} on {dataset.name} for {request.epochs} epochs")
    (outcome,) = map_jobs(run_finalist, [job], n_workers=1, log_dir=folder)
    if outcome.failed:
        raise CheckError(f"{folder}: {outcome.failed}; see worker-0.log there")
    test = float_and_int8_test(folder, context, candidate)
    result = {
        **outcome.result,
        "test": test,
        "notes": notes(dataset),
        "over_budget": _over_budget(cost, budget),
    }
    write_json(folder / "result.json", result)
    return folder, result


def _made_of(candidate: Candidate, budget: Budget, dataset: Dataset, request: TrainRequest) -> str:
    """Return a short digest that differs between trainings of other length, features or budget."""
    length = [request.epochs, request.qat_epochs]
    return digest([candidate.to_dict(), budget.model_dump(), dataset.digest, length])[:6]


def _over_budget(cost: Cost, budget: Budget) -> dict[str, float]:
    """Return the limits that the candidate is over: a baseline may be, and is trained anyway."""
    limits = budget.limits
    return {key: limits.given()[key] for key, by in violations(cost, limits).items() if by > 0}


def _like(candidate: Candidate, request: TrainRequest) -> Candidate:
    """Return `candidate` with front end and training choices of the result it is held against."""
    if request.like is None:
        return candidate
    folder = find_result(request.like, request.results)
    model = candidate_of(results_of(folder)["candidate"])
    return replace(candidate, frontend=model.frontend, training=model.training)
