import io

from rich.console import Console

from nas.report import read_study
from nas.report.tables import built_for, built_rows, built_table, finalists_table, front_table
from tests.report.study_folder import COST, result


def text_of(table):
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    return [line.replace("│", " ").split() for line in console.file.getvalue().splitlines()]


def test_front_lists_best_first(finished):
    lines = text_of(front_table(read_study(finished)))
    rows = [line for line in lines if "%" in line]
    assert rows[0] == ["0", "ds_cnn", "0.400", "88.0", "%", "60,000", "40,000", "900,000"]
    assert rows[1][0] == "5"


def test_front_says_how_many_it_leaves_out(finished):
    lines = text_of(front_table(read_study(finished), limit=1))
    assert lines[0][:7] == ["Pareto", "front:", "1", "of", "2", "trials,", "best"]


def test_finalists_show_float_beside_int8_and_name_the_winner(finished):
    lines = text_of(finalists_table(read_study(finished)))
    rows = [line for line in lines if "%" in line]
    assert rows[0] == ["0", "1", "0.390", "0.410", "89.0", "%", "88.0", "%", "900,000", "winner"]
    assert [row[0] for row in rows] == ["0", "6", "5"]
    assert "winner" not in rows[1]


def test_built_over_estimated(finished):
    rows = {name: ratio for name, _, _, ratio in built_rows(read_study(finished).winner)}
    assert rows["ROM"] == "1.020"
    assert rows["RAM"] == "1.000"
    assert rows["model.tflite"] == "–"


def test_nothing_built_is_a_dash():
    one = result(0, 1, int8_loss=0.4) | {"built": None}
    assert ("MACs", COST["macs"], None, "–") in built_rows(one)
    assert any("900,000" in line for line in text_of(built_table(one)))


def test_sizes_of_another_core_are_named():
    one = result(0, 1, int8_loss=0.4) | {"built": {"core": "xtensa-lx6", "compiled_for": "host"}}
    assert "no cross compiler for xtensa-lx6" in built_for(one)
    one["built"]["compiled_for"] = "xtensa-lx106"
    assert built_for(one) == ", compiled for xtensa-lx106"
