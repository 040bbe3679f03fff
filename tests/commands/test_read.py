import json
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nas.budget import Limits
from nas.cli import main, wording
from nas.commands.read import compare, status
from nas.commands.studies import find_result, find_study, results_of
from nas.errors import ConfigError
from nas.search import Event, read_records
from tests.search import formula
from tests.search.formula import search

QUANTITIES = ("macs", "rom_bytes", "ram_bytes")


def training(folder: Path, right: list[int], labels: tuple[str, ...] = ("a", "b")) -> Path:
    folder.mkdir(parents=True)
    result: dict[str, Any] = {
        "labels": list(labels),
        "test": {"right": right, "n": len(right)},
        "estimated": {"macs": 10 * len(right)},
    }
    (folder / "result.json").write_text(json.dumps(result))
    return folder


def test_compare_by_hand(tmp_path: Path) -> None:
    found = compare(
        training(tmp_path / "one", [1, 1, 1, 0]), training(tmp_path / "two", [1, 0, 0, 0])
    )
    assert (found.first, found.second, found.difference) == (0.75, 0.25, 0.5)
    # Gains 0, 1, 1, 0: deviation 0.5, so 1.96 x 0.5 / sqrt(4) to each side.
    assert found.interval == pytest.approx((0.5 - 0.48999, 0.5 + 0.48999), abs=1e-5)
    assert found.macs == (40, 40)


def test_compare_refuses_other_clips(tmp_path: Path) -> None:
    first = training(tmp_path / "one", [1, 1])
    with pytest.raises(ConfigError, match="other clips or other labels"):
        compare(first, training(tmp_path / "two", [1, 1, 0]))
    with pytest.raises(ConfigError, match="other clips or other labels"):
        compare(first, training(tmp_path / "three", [1, 1], ("a", "c")))


def test_the_best_is_one_that_fits_the_limits_of_today(tmp_path: Path) -> None:
    search(tmp_path, max_trials=40)
    complete = [r for r in read_records(tmp_path) if r.complete and r.metrics and r.cost]
    ranked = sorted((r.metrics.val_loss, asdict(r.cost)) for r in complete if r.metrics and r.cost)
    best = ranked[0][1]
    assert status(tmp_path).to_dict()["best"]["val_loss"] == ranked[0][0]
    limit = next(k for k in QUANTITIES if any(cost[k] < best[k] for _, cost in ranked))
    file = tmp_path / "study.json"
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "budget": {"limits": {limit: best[limit] - 1}}}))
    found = status(tmp_path).to_dict()
    assert found["best"]["val_loss"] == next(v for v, cost in ranked if cost[limit] < best[limit])
    assert found["by_state"]["complete"] < len(complete)


def test_status_says_what_the_search_showed_last(tmp_path: Path) -> None:
    """Refused, complete, stopped, failed and cut by the deadline: each trial in one number."""
    shown: list[dict[str, str]] = []

    def note(event: Event) -> None:
        shown.append(wording.facts(event.progress))

    limits = Limits(constant_bytes=20_000, macs=1_000_000, ram_bytes=30_000)
    evaluate = partial(formula.failing, 0.2)
    search(tmp_path, limits=limits, max_trials=20, make_evaluate=evaluate)
    hangs = partial(formula.formula, 30.0)
    given: dict[str, Any] = {"n_workers": 1, "max_trials": None, "seconds": 3.0}
    search(tmp_path, limits=limits, make_evaluate=hangs, on_event=note, **given)
    found = status(tmp_path)
    assert wording.facts(found.progress) == shown[-1]
    states = Counter(record.pruned_by for record in read_records(tmp_path))
    ended = (states[None], states["rung"], states["failed"], states["deadline"])
    assert min(ended) > 0
    complete, stopped, failed, cut = ended
    assert shown[-1]["trained"] == (
        f"20 done: {complete} complete, {stopped} stopped, {failed} failed; {cut} cut short"
    )
    said = found.to_dict()
    assert said["trials"] == said["rejected"] + said["trained"] + said["cut"] == states.total()


def test_names_of_studies(tmp_path: Path) -> None:
    study = tmp_path / "results" / "kitchen"
    study.mkdir(parents=True)
    (study / "study.json").write_text("{}")
    assert find_study(Path("kitchen"), tmp_path / "results") == study
    assert find_study(study, tmp_path) == study
    with pytest.raises(ConfigError, match="known: kitchen"):
        find_study(Path("kitchn"), tmp_path / "results")


def test_a_result_is_found_by_its_name_in_results(tmp_path: Path) -> None:
    results = tmp_path / "results"
    trained = training(results / "baseline", [1])
    training(results / "kitchen" / "winner", [1])
    assert find_result(Path("baseline"), results) == trained
    assert find_result(trained, tmp_path / "elsewhere") == trained
    assert find_result(Path("kitchen"), results) == results / "kitchen"
    with pytest.raises(ConfigError, match="none of that name in"):
        find_result(Path("kitchn"), results)


def test_compare_takes_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, right in (("one", [1, 1]), ("two", [1, 0])):
        training(tmp_path / name, right)
    with pytest.raises(SystemExit) as left:
        main(["compare", "one", "two", "--results", str(tmp_path), "--json"])
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out)["difference"] == 0.5


def test_result_of_a_study_without_winner(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no result\.json"):
        results_of(tmp_path)
    (tmp_path / "result.json").write_text("{")
    with pytest.raises(ConfigError, match="not JSON"):
        results_of(tmp_path)
