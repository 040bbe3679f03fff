"""The study on disk: numbers, torn tails, locks, and what Optuna and its dashboard see."""

import json
import resource
from dataclasses import replace
from pathlib import Path

import optuna
import pytest

from nas.errors import ConfigError
from nas.search import read_records
from nas.search.journal import Journal, load_study, mend
from nas.search.record import Asked, Record
from nas.trial import OBJECTIVES
from tests.search.formula import search


def rejected(value: int) -> Record:
    domain = optuna.distributions.IntDistribution(0, 1_000)
    return Record(
        asked=Asked({"x": value}, {"x": domain}),
        pruned_by="budget:macs",
        violations={"macs": 0.5},
    )


def test_numbers_are_those_of_the_study(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        numbers = [journal.add(rejected(value)).number for value in range(250)]
    with Journal(tmp_path) as journal:
        numbers.append(journal.add(rejected(0)).number)
    assert numbers == list(range(251))
    assert [trial.number for trial in load_study(tmp_path).trials] == numbers
    assert [record.asked.params["x"] for record in read_records(tmp_path)][:250] == list(
        range(250)
    )


@pytest.mark.parametrize(("became", "trained"), [("interrupted", False), ("failed", True)])
def test_what_was_cut_short_before_it_told_anything_was_not_trained(
    tmp_path: Path, became: str, trained: bool
) -> None:
    with Journal(tmp_path) as journal:
        journal.add(rejected(1))
        assert not journal.has_trained
        journal.add(replace(rejected(2), pruned_by=became, violations={}))
        assert journal.has_trained is trained


def test_numbers_begin_anew_in_a_cleared_journal(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        for value in range(5):
            journal.add(rejected(value))
        journal.clear()
        assert journal.add(rejected(7)).number == 0
    assert [record.asked.params["x"] for record in read_records(tmp_path)] == [7]


def test_a_torn_tail_is_cut_and_only_that(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        for value in range(5):
            journal.add(rejected(value))
    path = tmp_path / "journal.log"
    whole = path.read_bytes()
    for torn in (1, 40, len(whole.splitlines()[-1])):
        path.write_bytes(whole + whole.splitlines()[-1][:torn])
        assert mend(path) == torn
        assert path.read_bytes() == whole
    path.write_bytes(whole + b'{"op_code": 4, "wor')
    with Journal(tmp_path) as journal:
        assert len(journal.records()) == 5


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(ConfigError, match="another search is writing"):
        Journal(tmp_path)
    Journal(tmp_path).close()


def test_the_lock_of_a_killed_append_is_removed(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    (tmp_path / "journal.log.lock").symlink_to(tmp_path / "journal.log")
    with Journal(tmp_path) as journal:
        journal.add(rejected(1))
    assert len(read_records(tmp_path)) == 1


def test_damaged_and_missing_studies_get_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no journal\.log there"):
        load_study(tmp_path)
    (tmp_path / "journal.log").write_text("this is not a journal\nnor this\n")
    with pytest.raises(ConfigError, match="not a journal that can be read"):
        Journal(tmp_path)
    (tmp_path / "journal.log").unlink()
    (tmp_path / "study.json").write_text("{")
    with pytest.raises(ConfigError, match="not JSON"):
        search(tmp_path)


def test_optuna_reads_the_study(tmp_path: Path) -> None:
    search(tmp_path, max_trials=15)
    study = load_study(tmp_path)
    assert study.metric_names == list(OBJECTIVES)
    assert len(study.directions) == 4
    complete = [t for t in study.trials if t.state is optuna.trial.TrialState.COMPLETE]
    for trial in complete:
        cost = trial.user_attrs["cost"]
        assert trial.values == [
            trial.user_attrs["val_loss"],
            *(cost[name] for name in OBJECTIVES[1:]),
        ]
        assert trial.user_attrs["rung"] == 2
    assert all(t.values is None for t in study.trials if t not in complete)
    assert {t.number for t in study.best_trials} <= {t.number for t in complete}
    first = json.loads((tmp_path / "journal.log").read_text().splitlines()[0])
    assert first["study_name"] == "nas"


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(tmp_path) as journal:
        journal.add(rejected(1))
        journal.flush()
        path = tmp_path / "journal.log"
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 40, hard))
        try:
            journal.add(rejected(2))
            with pytest.raises(OSError, match=r"journal\.log"):
                journal.flush()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        journal.add(rejected(3))
    assert [record.asked.params["x"] for record in read_records(tmp_path)] == [1, 2, 3]
