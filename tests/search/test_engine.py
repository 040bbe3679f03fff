"""Whole searches with a formula instead of training."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from math import inf
from pathlib import Path

import numpy as np
import pytest

from nas.budget import Limits
from nas.errors import ConfigError, NasError, NoFeasibleModelError
from nas.pareto import dominates
from nas.search import Event, Kind, Stop, front_frame, read_records, trials_frame
from nas.search.journal import Journal
from nas.search.record import values_of
from nas.space.frontend import FrontEndGrid
from nas.space.space import Space
from tests.search import formula
from tests.search.formula import search
from tests.spaces import log_mel_space

TIGHT = Limits(constant_bytes=20_000, macs=1_000_000, ram_bytes=30_000)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    search(folder, max_trials=40, limits=TIGHT, detail=formula.detail)
    return folder


def test_only_feasible_new_candidates_are_trained(finished: Path) -> None:
    records = read_records(finished)
    trained = [record for record in records if record.metrics]
    assert len(trained) == 40
    for record in trained:
        assert record.cost is not None
        assert record.cost.macs <= 1_000_000
        assert record.cost.constant_bytes <= 20_000
        assert record.cost.ram_bytes <= 30_000
    prints = [record.candidate.fingerprint for record in trained if record.candidate]
    assert len(set(prints)) == 40
    assert [record.number for record in records] == list(range(len(records)))


def test_what_is_trained_is_priced_in_full(finished: Path) -> None:
    for record in read_records(finished):
        if record.cost is not None:
            assert (record.cost.planned_bytes is not None) == (record.metrics is not None)


def test_verdicts_follow_the_ladder(finished: Path) -> None:
    for record in read_records(finished):
        if record.complete:
            assert (record.rung, record.epochs) == (2, 27)
        elif record.pruned_by == "rung":
            assert (record.rung, record.epochs) in ((0, 3), (1, 9))
        else:
            assert record.metrics is None
        if (record.pruned_by or "").startswith("budget:"):
            limit = str(record.pruned_by).removeprefix("budget:")
            assert record.violations[limit] == max(record.violations.values()) > 0


def test_tables_hold_all_trials_and_the_front(finished: Path) -> None:
    table, best = trials_frame(finished), front_frame(finished)
    records = read_records(finished)
    assert len(table) == len(records)
    complete = {r.number: values_of(r) for r in records if r.complete}
    expected = {
        number
        for number, values in complete.items()
        if not any(dominates(other, values) for other in complete.values())
    }
    assert set(best["trial"]) == expected
    assert list(best["val_loss"]) == sorted(best["val_loss"])
    assert {"val_loss", "rom_bytes", "ram_bytes", "macs", "frontend.hop_ms"} <= set(table)


def test_statistics_count_what_the_journal_holds(finished: Path) -> None:
    kept = json.loads((finished / "search_stats.json").read_text())
    records = read_records(finished)
    assert kept["rejected_total"] == sum(record.rejected for record in records)
    assert kept["trained"] == 40
    assert kept["arrivals"][0] == 40
    assert kept["price_ms"]["median"] > 0


def test_one_seed_is_one_search(tmp_path: Path) -> None:
    for name in ("a", "b"):
        search(tmp_path / name, max_trials=25, limits=TIGHT)
    first, second = (
        [(r.candidate, r.pruned_by) for r in read_records(tmp_path / name)] for name in "ab"
    )
    assert first == second
    search(tmp_path / "c", max_trials=25, limits=TIGHT, seed=2)
    assert [r.candidate for r in read_records(tmp_path / "c")] != [pair[0] for pair in first]


@pytest.mark.slow
def test_search_beats_chance(tmp_path: Path) -> None:
    """60 trials against the best of as many feasible draws by chance, over three seeds."""
    found, chance = [], []
    for seed in (1, 2, 3):
        result = search(tmp_path / str(seed), max_trials=60, limits=TIGHT, seed=seed)
        assert result.progress.best is not None
        found.append(values_of(result.progress.best)[0])
        drawn = search(
            tmp_path / f"r{seed}", max_trials=60, limits=TIGHT, seed=seed, turns=("chance",)
        )
        assert drawn.progress.best is not None
        chance.append(values_of(drawn.progress.best)[0])
    assert np.mean(found) < np.mean(chance)


def test_the_same_call_goes_on(tmp_path: Path) -> None:
    search(tmp_path, max_trials=12)
    before = (tmp_path / "journal.log").read_bytes()
    result = search(tmp_path, max_trials=20)
    assert (tmp_path / "journal.log").read_bytes().startswith(before)
    assert result.progress.trained == 20
    prints = [r.candidate.fingerprint for r in read_records(tmp_path) if r.candidate and r.metrics]
    assert len(prints) == len(set(prints)) == 20


def test_new_limits_judge_old_trials_again(tmp_path: Path) -> None:
    search(tmp_path, max_trials=20, limits=Limits(macs=3_000_000))
    result = search(tmp_path, max_trials=10, limits=Limits(macs=500_000))
    assert all(record.cost and record.cost.macs <= 500_000 for record in result.front)


def limited(**limits: int) -> dict[str, object]:
    """The limits, and study.json's budget as a command writes it: absent limits are null."""
    kept = {"rom_bytes": None, "ram_bytes": None, "macs": None, "constant_bytes": None} | limits
    return {"limits": Limits(**limits), "config": {"budget": {"limits": kept}}}


def test_tables_are_at_the_limits_of_the_last_session(tmp_path: Path) -> None:
    search(tmp_path, max_trials=20, **limited(macs=3_000_000))
    before = trials_frame(tmp_path)
    search(tmp_path, max_trials=1, **limited(macs=500_000))
    table, best = trials_frame(tmp_path).iloc[: len(before)], front_frame(tmp_path)
    complete = before["state"] == "complete"
    over = before["macs"] > 500_000
    assert (complete & over).any()
    assert list(table["state"] == "complete") == list(complete & ~over)
    new = before["pruned_by"] != "duplicate"
    assert set(table.loc[over & new, "pruned_by"]) == {"budget:macs"}
    assert best.empty or best["macs"].max() <= 500_000
    found, wanted = table.loc[new, "violation.macs"], before.loc[new, "macs"] / 500_000 - 1
    assert list(found.dropna()) == list(wanted.dropna())


def test_wider_limits_complete_nothing_that_was_not_trained(tmp_path: Path) -> None:
    search(tmp_path, max_trials=10, **limited(macs=500_000))
    before = trials_frame(tmp_path)
    assert (before["pruned_by"] == "budget:macs").any()
    search(tmp_path, max_trials=10, **limited(macs=50_000_000))
    table = trials_frame(tmp_path)
    assert list(table["state"]) == list(before["state"])
    assert not table.loc[table["state"] == "complete", "val_loss"].isna().any()


def test_limits_that_are_none_are_one_line(tmp_path: Path) -> None:
    search(tmp_path, max_trials=2, config={"budget": {"limits": {"macs": -1}}})
    with pytest.raises(ConfigError, match=r"study\.json: budget\.limits: .*greater than 0"):
        trials_frame(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"space": log_mel_space("ds_cnn")}, "the search space"),
        ({"dataset_info": formula.DataInfo("e" * 64, 16_000, (1_000,))}, "the data set"),
        ({"seed": 2}, "the seed"),
        ({"fidelities": formula.RUNGS[:2]}, "the rungs"),
        ({"n_classes": 8}, "the number of classes"),
        ({"priced_for": "cortex-m4 c portable"}, "the core"),
    ],
)
def test_another_search_in_the_same_folder_is_refused(
    finished: Path, change: dict[str, object], words: str
) -> None:
    before = (finished / "journal.log").read_bytes()
    with pytest.raises(ConfigError, match=words) as caught:
        search(finished, limits=TIGHT, max_trials=50, **change)
    assert "study.json" in str(caught.value)
    assert "another study" in str(caught.value)
    assert (finished / "journal.log").read_bytes() == before


def test_a_study_that_trained_nothing_becomes_another(tmp_path: Path) -> None:
    """As after a search that nothing fitted: the folder is free for a larger board or space."""
    with pytest.raises(NoFeasibleModelError):
        search(tmp_path, limits=Limits(macs=2_000), refused_at_most=50)
    refused = len(read_records(tmp_path))
    assert refused >= 50
    with pytest.raises(NoFeasibleModelError):
        search(tmp_path, limits=Limits(macs=3_000), refused_at_most=50)
    assert len(read_records(tmp_path)) > refused, "with other limits it is the same study"
    space, priced_for = log_mel_space("ds_cnn"), "cortex-m7 c portable"
    result = search(tmp_path, space=space, priced_for=priced_for, max_trials=3)
    assert result.progress.trained == 3
    records = read_records(tmp_path)
    assert {record.candidate.family for record in records if record.candidate} == {"ds_cnn"}
    assert [record.number for record in records] == list(range(len(records)))
    with pytest.raises(ConfigError, match="the core"):
        search(tmp_path, space=space, max_trials=5)
    assert search(tmp_path, space=space, priced_for=priced_for, max_trials=4).progress.trained == 4


def test_the_same_study_goes_on_without_a_look_at_its_trials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That look takes as long as there are trials; only another study needs it."""
    search(tmp_path, max_trials=2)
    looks: list[Journal] = []
    monkeypatch.setattr(Journal, "has_trained", property(lambda one: looks.append(one) or True))
    assert search(tmp_path, max_trials=3).progress.trained == 3
    assert not looks
    with pytest.raises(ConfigError, match="the core"):
        search(tmp_path, priced_for="cortex-m7 c portable", max_trials=4)
    assert looks


def test_a_folder_with_finalists_stays_their_study(tmp_path: Path) -> None:
    with pytest.raises(NoFeasibleModelError):
        search(tmp_path, limits=Limits(macs=2_000), refused_at_most=50)
    (tmp_path / "finalists" / "7-s0").mkdir(parents=True)
    refused = len(read_records(tmp_path))
    with pytest.raises(ConfigError, match="the core"):
        search(tmp_path, priced_for="cortex-m7 c portable", max_trials=3)
    assert len(read_records(tmp_path)) == refused


def test_other_directions_are_refused(finished: Path) -> None:
    path = finished / "study.json"
    text = path.read_text()
    path.write_text(text.replace('"minimize"', '"maximize"'))
    try:
        with pytest.raises(ConfigError, match="the directions"):
            search(finished, limits=TIGHT, max_trials=50)
    finally:
        path.write_text(text)


def test_nothing_fits_names_limit_and_smallest_value(tmp_path: Path) -> None:
    with pytest.raises(NoFeasibleModelError) as caught:
        search(tmp_path, limits=Limits(macs=2_000), refused_at_most=300)
    message = str(caught.value)
    assert "macs is limited to 2,000, and the smallest reached is" in message
    smallest = int(message.split("smallest reached is ")[1].split(";")[0].replace(",", ""))
    records = read_records(tmp_path)
    assert 2_000 < smallest <= min(record.cost.macs for record in records if record.cost)


def test_what_is_limited_and_not_known_never_fits(tmp_path: Path) -> None:
    words = r"load is limited to 0\.5, and the smallest reached is none"
    with pytest.raises(NoFeasibleModelError, match=words):
        search(tmp_path, limits=Limits(load=0.5, macs=10**9), refused_at_most=50)
    records = read_records(tmp_path)
    assert {record.pruned_by for record in records} <= {"budget:load", "impossible", "duplicate"}
    assert {record.violations.get("load") for record in records if record.cost} == {inf}


def test_limits_that_cannot_be_met_together(tmp_path: Path) -> None:
    def price(graph, settings):  # type: ignore[no-untyped-def]
        cost = formula.price(graph, settings)
        return type(cost)(**{**cost.to_dict(), "rom_bytes": 10_000_000_000 // cost.macs})

    limits = Limits(macs=100_000, rom_bytes=2_000)
    with pytest.raises(NoFeasibleModelError, match="each limit can be met alone"):
        search(tmp_path, price=price, limits=limits, refused_at_most=300)


def test_a_budget_that_one_in_thousands_fits_is_walked_into(tmp_path: Path) -> None:
    limits = Limits(macs=16_000, constant_bytes=1_500)
    result = search(tmp_path, limits=limits, max_trials=5)
    assert result.progress.complete > 0
    assert all(r.cost and r.cost.macs <= 16_000 for r in result.front)


def small_space() -> Space:
    space = log_mel_space("conv1d")
    domains = {name: {key: [1] for key in family} for name, family in space.families.items()}
    domains["conv1d"] |= {"stem_width": [8], "stages": [1], "head": ["gap"], "dense_units": [0]}
    domains["conv1d"] |= {"stem_kernel": [3, 5], "kernel": [3, 5], "growth": [1.0]}
    domains["conv1d"] |= {"separable": [False], "residual": [False]}
    grid = space.frontend
    one = FrontEndGrid(
        common={key: values[:1] for key, values in grid.common.items()},
        clip_ms=None,
        kinds={"log_mel": {key: v[:1] for key, v in grid.kinds["log_mel"].items()}},
    )
    training = {"learning_rate": [1e-3], "batch_size": [32], "dropout": [0.0]}
    training |= {"weight_decay": [0.0], "label_smoothing": [0.0]}
    words = {"augment": ["light"], "spec_augment": ["off"]}
    return Space(
        "small",
        domains,
        one,
        type(space.training)(**training, **words),  # type: ignore[arg-type]
    )


def test_a_space_that_is_used_up_ends_the_search(tmp_path: Path) -> None:
    result = search(tmp_path, space=small_space(), max_trials=100, refused_at_most=200)
    assert result.stop is Stop.EXHAUSTED
    assert result.progress.trained == 4


def test_failures_are_told_and_do_not_end_the_search(tmp_path: Path) -> None:
    result = search(tmp_path, make_evaluate=partial(formula.failing, 0.2), max_trials=30)
    assert result.progress.failed > 0
    failed = [record for record in read_records(tmp_path) if record.pruned_by == "failed"]
    assert failed[0].message == "ValueError: no gradient here"
    table = trials_frame(tmp_path)
    assert set(table.loc[table["pruned_by"] == "failed", "state"]) == {"failed"}


def test_when_every_training_fails_the_search_says_why(tmp_path: Path) -> None:
    with pytest.raises(
        NasError, match=r"first 5 candidates failed, the last with ValueError: no grad"
    ):
        search(tmp_path, make_evaluate=formula.failing)


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), 1e3, 1e6])
def test_a_diverged_training_is_no_result(tmp_path: Path, loss: float) -> None:
    evaluate = partial(formula.diverging, loss, 0.3)
    result = search(tmp_path, make_evaluate=evaluate, max_trials=30)
    told = {r.number: r for r in read_records(tmp_path) if r.candidate and not r.rejected}
    for record in told.values():
        assert record.candidate is not None
        diverged = int(record.candidate.fingerprint[:4], 16) / 65_536 < 0.3
        assert (record.pruned_by == "failed") == (record.message == "diverged") == diverged
        assert record.metrics is None or record.metrics.val_loss < 1e3
    assert 0 < result.progress.failed < 30
    assert all(values_of(record)[0] < 1e3 for record in result.front)
    assert front_frame(tmp_path)["val_loss"].max() < 1e3


def test_divergence_at_a_later_rung_is_told_with_the_rung_before(tmp_path: Path) -> None:
    evaluate = partial(formula.diverging, from_epochs=9)
    result = search(tmp_path, make_evaluate=evaluate, max_trials=12)
    failed = [record for record in read_records(tmp_path) if record.pruned_by == "failed"]
    assert failed
    assert {(record.rung, record.message) for record in failed} == {(0, "diverged")}
    assert not result.front


def test_when_every_training_diverges_the_search_says_so(tmp_path: Path) -> None:
    with pytest.raises(NasError, match=r"first 5 candidates failed, the last with diverged; low"):
        search(tmp_path, make_evaluate=formula.diverging)


def test_a_study_that_took_divergence_for_a_result_is_mended(tmp_path: Path) -> None:
    search(tmp_path, max_trials=12)
    journal = tmp_path / "journal.log"
    best = front_frame(tmp_path).iloc[0]
    alike = (trials_frame(tmp_path)["val_loss"] == best["val_loss"]).sum()
    kept = repr(float(best["val_loss"]))
    journal.write_text(journal.read_text().replace(kept, "1000.0"))
    result = search(tmp_path, max_trials=12)
    assert best["trial"] not in {record.number for record in result.front}
    assert result.progress.failed == alike


def test_set_up_that_fails_keeps_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(NasError, match="the folder went away") as caught:
        search(tmp_path, make_evaluate=formula.no_data)
    assert caught.value.exit_code == 3


def test_events_tell_the_story(tmp_path: Path) -> None:
    seen: list[tuple[Kind, int]] = []

    def note(event: Event) -> None:
        seen.append((event.kind, event.progress.trained))

    search(tmp_path, max_trials=10, on_event=note, limits=TIGHT)
    kinds = [kind for kind, _ in seen]
    assert kinds.count(Kind.STARTED) == kinds.count(Kind.FINISHED) == 10
    assert kinds.count(Kind.AT_RUNG) >= 10
    assert seen[-1][1] == 10


def test_time_ends_the_search(tmp_path: Path) -> None:
    rules: list[int] = []

    def rule(complete: object) -> float:
        rules.append(1)
        return 1.0

    evaluate: Callable[[], object] = partial(formula.formula, 0.05)
    result = search(tmp_path, make_evaluate=evaluate, max_trials=None, seconds=rule)
    assert result.stop is Stop.SECONDS
    assert rules
    with pytest.raises(ConfigError, match="a number of trials or a time"):
        search(tmp_path, max_trials=None)


def test_a_worker_does_not_pay_for_optuna() -> None:
    code = "import sys, nas.search.worker; print('optuna' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert done.stdout.split() == ["False", "False"]
