"""The main job: search, finalists, winner, firmware, report. Killed anywhere, it resumes."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from math import inf
from pathlib import Path
from typing import Any

from nas import audio
from nas.audio.dataset import Dataset, Split
from nas.budget import Budget, Cost, load_budget
from nas.commands.advice import nothing_complete, nothing_fits, too_short
from nas.commands.crown import Finish
from nas.commands.data import notes
from nas.commands.finalists import finish, under_way
from nas.commands.jobs import Context, make_evaluate
from nas.commands.leave import leave_behind
from nas.commands.naming import study_name
from nas.commands.plan import (
    FinalistPlan,
    contenders,
    epoch_seconds,
    plan_finalists,
    plan_rungs,
    reserve_seconds,
)
from nas.commands.studies import only_one
from nas.commands.versions import versions
from nas.cost import detailed, price
from nas.cost.tables import tables_digest
from nas.errors import CheckError, ConfigError, NoFeasibleModelError
from nas.export.built import check_compiler
from nas.frontend import check
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from nas.search import DataInfo, Event, Kind, Record, SearchResult, front_of, run
from nas.space import ImpossibleCandidate, Space, load_space

__all__ = ["Request", "SearchOutcome", "Watcher", "search"]

DEFAULT_MINUTES = 15.0
EXPORT_SECONDS = 15.0  # test split, firmware tree, report; measured 6 to 12 s
LARGEST_RESERVE = 0.6
LEAST_SEARCH_SECONDS = 20.0  # below it no trial gets to the top rung, and nothing can be chosen


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the user asked for; names are resolved as `nas.config` says."""

    budget: str
    limits: list[str] = field(default_factory=list)
    space: str = "default"
    data: str = "household"
    data_root: Path | None = None
    minutes: float | None = None
    trials: int | None = None
    workers: int | None = None
    seed: int = 0
    study: str | None = None
    results: Path = Path("results")
    command: str = ""

    @property
    def is_timed(self) -> bool:
        """Tell whether time ends the search; without --minutes, --trials alone may."""
        return self.minutes is not None or self.trials is None

    @property
    def seconds(self) -> float:
        """What the command may take, or would without a number of trials."""
        return (DEFAULT_MINUTES if self.minutes is None else self.minutes) * 60.0


@dataclass(frozen=True)
class Watcher:
    """Who is told what happens: events of the search, and lines between them."""

    on_event: Callable[[Event], None]
    say: Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class SearchOutcome:
    """What a search left.

    Attributes:
        study_dir: folder of the study.
        result: of the search itself.
        finish: finalists and winner.
        report: the page.
        bad_files: recordings left out.
        notes: what to know of any figure on these data.
    """

    study_dir: Path
    result: SearchResult
    finish: Finish
    report: Path
    bad_files: int
    notes: list[str]


def search(request: Request, watcher: Watcher) -> SearchOutcome:
    """Run the main job; the same request again goes on where it was.

    Raises:
        ConfigError, DataError, NoFeasibleModelError: one line that says what to do.
        CheckError: no trial was complete, or no finalist could be trained; all of it is kept.
        KeyboardInterrupt: Ctrl-C, with everything told kept and the report written.
    """
    started = time.monotonic()
    budget = load_budget(request.budget, request.limits)
    space = load_space(request.space)
    check_compiler(budget.device.core)
    watcher.say("reading the recordings")
    dataset = audio.load(request.data, request.data_root, audio.cache_dir())
    name = study_name(request.study, budget, space=space, dataset=dataset, seed=request.seed)
    study_dir = request.results / name
    before = time.monotonic() - started
    return _Job(request, watcher, budget, space, dataset, study_dir, started, before).run()


@dataclass(frozen=True)
class _Job:
    request: Request
    watcher: Watcher
    budget: Budget
    space: Space
    dataset: Dataset
    study_dir: Path
    started: float
    before_search: float

    def run(self) -> SearchOutcome:
        with only_one(self.study_dir):
            return self._run()

    def _run(self) -> SearchOutcome:
        try:
            waiting = under_way(self.study_dir)
            self.watcher.say("going on with the finalists" if waiting else "searching")
            result = self._search(only_recall=bool(waiting))
            finished = self._finish(result, waiting)
        except (KeyboardInterrupt, NoFeasibleModelError, CheckError):
            if (self.study_dir / "study.json").is_file():
                leave_behind(self.study_dir, self.dataset)
            raise
        report = leave_behind(self.study_dir, self.dataset)
        return SearchOutcome(
            study_dir=self.study_dir,
            result=result,
            finish=finished,
            report=report,
            bad_files=len(self.dataset.bad_files),
            notes=notes(self.dataset),
        )

    @property
    def _workers(self) -> int:
        return self.request.workers or _cores()

    @property
    def _n_clips(self) -> int:
        return len(self.dataset.of(Split.TRAIN))

    def _plan(self) -> FinalistPlan:
        return plan_finalists(self.request.seconds, self._n_clips)

    def _search(self, *, only_recall: bool) -> SearchResult:
        """Search; or, where finalists of an earlier session wait, only read what it found."""
        try:
            return self._run_search(only_recall=only_recall)
        except NoFeasibleModelError as error:
            raise NoFeasibleModelError(nothing_fits(str(error), self.study_dir)) from None

    def _run_search(self, *, only_recall: bool) -> SearchResult:
        fidelities = plan_rungs(self._n_clips)
        context = self._context(fidelities[-1].epochs)
        seconds = self._search_seconds if self.request.is_timed else None
        return run(
            study_dir=self.study_dir,
            space=self.space,
            dataset_info=DataInfo.of(self.dataset),
            n_classes=len(self.dataset.labels),
            price=partial(price_on, self.budget),
            detail=detailed,
            limits=self.budget.limits,
            make_evaluate=partial(make_evaluate, context),
            fidelities=fidelities,
            n_workers=self._workers,
            max_trials=self.request.trials,
            seconds=0.0 if only_recall else seconds,
            seed=self.request.seed,
            on_event=self._on_event,
            config=self._configuration(),
            priced_for=f"{self.budget.priced_for}, tables {tables_digest()[:12]}",
        )

    def _search_seconds(self, complete: Sequence[Record]) -> float:
        """Return how long the search may take in all: what the finalists leave of the minutes."""
        plan = self._plan()
        near = contenders(front_of(complete), plan.candidates)
        likely = replace(plan, candidates=max(2, len(near)))
        epoch = epoch_seconds(complete, plan.candidates)
        reserve = reserve_seconds(likely, epoch, self._workers)
        left = self.request.seconds - self.before_search - EXPORT_SECONDS
        return max(0.0, left - min(reserve, LARGEST_RESERVE * self.request.seconds))

    def _on_event(self, event: Event) -> None:
        """Refuse a time that is too short when the first trial starts: by then something fits."""
        if event.kind is Kind.STARTED and self.request.is_timed and not event.progress.complete:
            self._check_minutes()
        self.watcher.on_event(event)

    def _check_minutes(self) -> None:
        left = self._search_seconds(())
        if left < LEAST_SEARCH_SECONDS:
            raise ConfigError(too_short(self.request.seconds / 60, left, self._least_minutes()))

    def _least_minutes(self) -> float:
        """Return the least minutes, in halves, that leave the search enough."""
        halves = (half / 2 for half in count(1))
        return next(m for m in halves if self._given(m) >= LEAST_SEARCH_SECONDS)

    def _given(self, minutes: float) -> float:
        """Return the seconds that a first search would have with other `minutes`."""
        return replace(self, request=replace(self.request, minutes=minutes))._search_seconds(())

    def _finish(self, result: SearchResult, waiting: Sequence[int] = ()) -> Finish:
        if not result.front:
            longer = max(2 * self.request.seconds / 60, self._least_minutes())
            trials = self.request.trials
            raise CheckError(nothing_complete(result, minutes=longer, trials=trials))
        plan = self._plan()
        begun = [record for record in result.front if record.number in waiting]
        records = begun or contenders(result.front, plan.candidates)
        self.watcher.say(self._announced(plan, records))
        deadline = self.started + self.request.seconds - EXPORT_SECONDS
        return finish(
            self.study_dir,
            records=records,
            plan=plan,
            context=self._context(0),
            budget=self.budget,
            n_workers=self._workers,
            deadline=deadline if self.request.is_timed else inf,
            say=self.watcher.say,
        )

    def _announced(self, plan: FinalistPlan, records: Sequence[Record]) -> str:
        likely = replace(plan, candidates=min(plan.candidates, len(records)))
        epoch = epoch_seconds(records, plan.candidates)
        minutes = reserve_seconds(likely, epoch, self._workers) / 60
        return (
            f"{likely.runs} finalist trainings, {plan.epochs} + {plan.qat_epochs} epochs each, "
            f"about {max(1, round(minutes))} min"
        )

    def _context(self, schedule_epochs: int) -> Context:
        return Context(self.dataset, audio.cache_dir(), schedule_epochs)

    def _configuration(self) -> dict[str, Any]:
        return {
            "command": self.request.command,
            "seed": self.request.seed,
            "budget": self.budget.model_dump(exclude_none=True),
            "space": self.space.describe(),
            "space_name": self.space.name,
            "labels": list(self.dataset.labels),
            "data": {
                "name": self.dataset.name,
                "digest": self.dataset.digest,
                "synthetic": self.dataset.synthetic,
                "same_speaker": self.dataset.same_speaker,
                "clips": {split.value: len(self.dataset.of(split)) for split in Split},
                "bad_files": len(self.dataset.bad_files),
            },
            "versions": versions(),
        }


def _cores() -> int:
    """Return the cores this process may use; macOS tells only those there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def price_on(budget: Budget, graph: Graph, settings: FrontEndSettings) -> Cost:
    """Return what limits ask for; raises ImpossibleCandidate where the features cannot be."""
    try:
        check(settings)
    except ConfigError as error:
        raise ImpossibleCandidate(f"frontend: {error}") from None
    return price(graph, settings, budget, detail=False)
