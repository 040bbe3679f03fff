import io

from rich.console import Console

from nas.report import read_study
from nas.report.tables import built_for, built_rows, built_table, finalists_table, front_table
from tests.report.study_folder import COST, result


def text_of(table, width=120):
    console = Console(file=io.StringIO(), width=width)
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


def test_tables_keep_their_columns_in_80_characters(finished):
    study = read_study(finished)
    study.front.loc[:, "family"] = "separable_conv2d"
    study.front.loc[:, "macs"] = 12_345_678
    study.finalists[0]["built"] = None
    study.finalists[0]["estimated"] = COST | {"macs": 12_345_678}
    front = [" ".join(line) for line in text_of(front_table(study), width=80)]
    assert sum("separable_conv2d" in line and "12,345,678" in line for line in front) == 2
    finalists = [" ".join(line) for line in text_of(finalists_table(study), width=80)]
    assert any("12,345,678 winner" in line for line in finalists)
    assert not any("…" in line for line in front + finalists)


def test_a_long_word_is_folded_and_figures_stay(finished):
    study = read_study(finished)
    study.front.loc[:, "family"] = "a_family_of_the_users_own_with_a_very_long_name"
    lines = [" ".join(line) for line in text_of(front_table(study), width=80)]
    assert any("60,000 40,000 900,000" in line for line in lines)
    assert not any("…" in line for line in lines)
