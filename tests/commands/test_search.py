"""The main job's own rules: names, cores, and that a study belongs to one command at a time."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from nas.audio.dataset import Dataset
from nas.budget import load_budget
from nas.commands import search
from nas.commands.naming import study_name
from nas.commands.search import Request, Watcher, _cores, _Job
from nas.commands.studies import only_one
from nas.errors import CheckError, ConfigError, NoFeasibleModelError
from nas.files import write_json
from nas.search import Event, Kind, Progress, SearchResult, Stop
from nas.space import load_space

DATA = Dataset(
    name="my sounds/at home",
    labels=("a", "b"),
    clips=(),
    background=(),
    sample_rate_hz=16_000,
    clip_ms=(1_000,),
    digest="0" * 64,
)


def name(**options: object) -> str:
    request = Request(**{"budget": "esp32", **options})  # type: ignore[arg-type]
    budget = load_budget(request.budget, request.limits)
    space = load_space("default")
    return study_name(request.study, budget, space=space, dataset=DATA, seed=request.seed)


def test_a_study_is_one_folder_whatever_the_data_are_called() -> None:
    assert name().startswith("my-sounds-at-home-esp32-s0-")
    assert name() == name()
    assert len({name(), name(seed=1), name(limits=["macs=5"])}) == 3


@pytest.mark.parametrize("given", ["", ".", "..", "a/b", "/tmp"])
def test_a_study_cannot_leave_the_results_folder(given: str) -> None:
    with pytest.raises(ConfigError, match="without /"):
        name(study=given)


def test_cores_are_known_without_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert _cores() == (os.cpu_count() or 1)


def test_what_becomes_of_the_study_is_said_where_nothing_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(**_: object) -> SearchResult:
        raise NoFeasibleModelError("none of 50 fits: raise the limit")

    monkeypatch.setattr(search, "run", run)
    with pytest.raises(NoFeasibleModelError) as caught:
        job()._search(only_recall=False)
    assert str(caught.value) == (
        "none of 50 fits: raise the limit; what was tried is in study/report.html, and --study "
        "study takes other limits, and another board, space or data set as long as nothing is "
        "trained in it"
    )


def test_a_study_belongs_to_one_command(tmp_path: Path) -> None:
    study = tmp_path / "study"
    with (
        only_one(study),
        pytest.raises(ConfigError, match="another `nas search`"),
        only_one(study),
    ):
        pass
    with only_one(study):
        pass


def job(**options: Any) -> _Job:
    request = Request(budget="esp32", **options)
    budget, space = load_budget("esp32", []), load_space("default")
    watcher = Watcher(on_event=lambda _: None, say=lambda _: None)
    return _Job(request, watcher, budget, space, DATA, Path("study"), 0.0, 5.0)


def started(complete: int = 0) -> Event:
    return Event(Kind.STARTED, cast(Any, None), Progress(complete=complete), 0)


def test_too_few_minutes_are_refused_with_the_least_that_do() -> None:
    # 60 s: 15 for the export, 36 for the finalists, 5 were spent. Of 120 s it is 28.
    with pytest.raises(ConfigError, match=r"leaves the search 4 s .* at least --minutes 2$"):
        job(minutes=1.0)._on_event(started())
    job(minutes=2.0)._on_event(started())


def test_few_minutes_do_where_a_trial_is_complete_or_time_is_no_bound() -> None:
    job(minutes=1.0)._on_event(started(complete=1))
    job(trials=3)._on_event(started())


@pytest.mark.parametrize(
    ("stop", "advice"),
    [
        (Stop.SECONDS, "--minutes 8"),
        (Stop.TRIALS, "more than --trials 3"),
        (Stop.EXHAUSTED, "widen it"),
    ],
)
def test_a_search_without_a_complete_trial_says_what_to_do(stop: Stop, advice: str) -> None:
    progress = Progress(stopped=4, failed=1)
    result = SearchResult(
        study_dir=Path("study"), stop=stop, progress=progress, front=(), stats={}
    )
    with pytest.raises(
        CheckError, match=rf"5 trained \(4 stopped early, 1 failed\).*kept.*{advice}"
    ):
        job(minutes=4.0, trials=3)._finish(result)


def test_a_search_without_a_complete_trial_leaves_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = SearchResult(
        study_dir=tmp_path, stop=Stop.TRIALS, progress=Progress(stopped=1), front=(), stats={}
    )
    left: list[Path] = []
    write_json(tmp_path / "study.json", {})
    monkeypatch.setattr(_Job, "_search", lambda _, **__: result)
    monkeypatch.setattr(search, "leave_behind", lambda folder, _: left.append(folder))
    with pytest.raises(CheckError, match="no trial was complete"):
        replace(job(trials=1), study_dir=tmp_path).run()
    assert left == [tmp_path]
