import plotly.graph_objects as go

from nas.report import figures, read_study
from tests.report.study_folder import LABELS, MEMORY, TEST


def traces(figure: go.Figure, name: str):
    return next(trace for trace in figure.data if trace.name == name)


def test_front_shows_each_outcome_where_it_belongs(finished):
    drawn = figures.front(read_study(finished), "macs")
    assert sorted(traces(drawn, "complete").x) == [400_000, 900_000, 950_000]
    assert list(traces(drawn, "stopped").y) == [1.2]
    assert sorted(traces(drawn, "rejected").x) == [3_000_000, 7_000_000, 9_000_000]


def test_steps_are_the_least_loss_at_each_cost(finished):
    drawn = figures.front(read_study(finished), "macs")
    steps = next(trace for trace in drawn.data if trace.mode == "lines")
    assert list(steps.x) == [400_000, 900_000]
    assert list(steps.y) == [0.6, 0.4]


def test_bytes_are_drawn_as_kib_and_so_is_the_budget(finished):
    drawn = figures.front(read_study(finished), "ram_bytes")
    assert max(traces(drawn, "complete").x) == 60_000 / 1024
    assert drawn.layout.shapes[0].x0 == 96
    assert drawn.layout.annotations[0].text == "budget 96"


def test_no_limit_draws_no_line(finished):
    study = read_study(finished)
    study.info["budget"]["limits"]["macs"] = None
    assert not figures.front(study, "macs").layout.shapes


def test_ticks_are_round_and_readable(finished):
    axis = figures.front(read_study(finished), "macs").layout.xaxis
    shown = dict(zip(axis.tickvals, axis.ticktext, strict=True))
    assert shown[500_000] == "500k"
    assert shown[2_000_000] == "2M"


def test_confusion_is_shaded_by_share_of_the_row():
    drawn = figures.confusion(TEST["confusion"], LABELS)
    assert drawn.data[0].z[0][0] == 22 / 25
    assert drawn.data[0].text[0][2] == ""
    assert drawn.layout.xaxis.ticktext[2] == "&lt;b&gt;bold&lt;/b&gt;"


def test_a_class_that_was_never_tested_is_not_divided_by():
    assert figures.confusion([[0, 0], [0, 1]], ["a", "b"]).data[0].z[0] == [0.0, 0.0]


def test_memory_marks_the_peak_and_the_arena(finished):
    drawn = figures.memory(read_study(finished).memory, 16_384)
    colors = drawn.data[0].marker.color
    assert [color == colors[1] for color in colors] == [False, True, False, False, False, False]
    assert list(drawn.data[0].x)[1] == MEMORY[1][5] / 1024
    assert drawn.layout.shapes[0].x0 == 16


def test_rejected_counts_every_candidate(finished):
    drawn = figures.rejected(read_study(finished))
    assert dict(zip(drawn.data[0].y, drawn.data[0].x, strict=True)) == {
        "complete": 3,
        "over the MACs limit": 2,
        "over the ROM limit": 1,
        "stopped at a rung": 1,
        "duplicate": 1,
    }


def test_curves_are_the_points_of_the_result(finished):
    drawn = figures.curves(read_study(finished).winner)
    assert traces(drawn, "validation loss").y[1] == 1.1
    assert len(traces(drawn, "training loss").x) == 20
