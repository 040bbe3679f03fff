import pytest

from nas.errors import DataError
from nas.report import read_study
from nas.report.study import outcome_of
from nas.report.wording import data_labels, spoken, ties
from tests.report.study_folder import INFO, result, winner, write_json


def test_outcomes_are_counted(started):
    assert read_study(started).outcomes() == {
        "complete": 3,
        "over macs": 2,
        "over rom_bytes": 1,
        "stopped at a rung": 1,
        "duplicate": 1,
    }


@pytest.mark.parametrize(
    ("state", "pruned_by", "outcome"),
    [
        ("COMPLETE", "", "complete"),
        ("PRUNED", "budget:ram_bytes", "over ram_bytes"),
        ("PRUNED", "rung", "stopped at a rung"),
        ("PRUNED", "deadline", "deadline"),
        ("FAIL", "failed", "failed"),
        ("RUNNING", "", "running"),
    ],
)
def test_outcome(state, pruned_by, outcome):
    assert outcome_of(state, pruned_by) == outcome


def test_outcomes_are_said_with_the_limit_they_broke():
    assert spoken("over ram_bytes") == "over the RAM limit"
    assert spoken("duplicate") == "duplicate"
    assert spoken("deadline") == "cut by the deadline"


def test_finalists_come_best_first_and_the_limits_without_the_unset_one(finished):
    study = read_study(finished)
    assert [one["trial"] for one in study.finalists] == [0, 6, 5]
    assert study.limits == {"rom_bytes": 262144, "ram_bytes": 98304, "macs": 6000000}


def test_a_study_without_trials_reads_as_empty(tmp_path):
    write_json(tmp_path / "study.json", INFO)
    study = read_study(tmp_path)
    assert (len(study.trials), len(study.front), study.finalists, study.winner) == (0, 0, [], None)


def test_trial_may_be_called_number(started):
    path = started / "trials.csv"
    path.write_text(path.read_text().replace("trial,", "number,", 1))
    assert list(read_study(started).trials["trial"]) == list(range(8))


def test_no_study_is_one_line(tmp_path):
    with pytest.raises(DataError, match=r"no study.json here; name a folder"):
        read_study(tmp_path)


@pytest.mark.parametrize("name", ["study.json", "winner/result.json", "trials.csv"])
def test_a_damaged_file_is_named(finished, name):
    (finished / name).write_bytes(b'{"half\xff')
    with pytest.raises(DataError, match=rf"{name}: cannot be read"):
        read_study(finished)


def test_data_are_labelled(started):
    study = read_study(started)
    assert data_labels(study) == ["synthetic"]
    study.info["data"] = {"synthetic": False, "same_speaker": True}
    assert data_labels(study) == ["same-speaker split"]


def test_ties_are_those_of_the_choice(finished):
    assert [one["trial"] for one in ties(read_study(finished))] == [6]
    place = finished / "winner" / "result.json"
    write_json(place, winner(tied=["0-s1"]))
    assert ties(read_study(finished)) == []
    write_json(place, winner(tied=["0-s1", "5-s1", "6-s1"]))
    assert [one["trial"] for one in ties(read_study(finished))] == [6, 5]
    write_json(place, result(0, 1, int8_loss=0.41))  # of a version that did not tell
    assert ties(read_study(finished)) == []
