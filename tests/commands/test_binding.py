"""Which limit binds, on a study whose twelve candidates can be counted on paper."""

from dataclasses import asdict

import pytest

from nas.commands.binding import Best, LimitFacts, binding, distinct
from nas.commands.peak_op import PeakOp, peak_op, peak_shares
from nas.commands.what_binds import limits_of, top_rung_of
from nas.graph.graph import GraphBuilder
from nas.graph.ops import Conv2D, FullyConnected, Mean
from nas.search import Record
from tests.commands.records import ASKED, TOP, cost, rejected, trained

LIMITS = {"rom_bytes": 100, "ram_bytes": 50, "macs": 1_000}
STUDY = [
    trained(0, cost(80, 40, 900), 0.30),
    trained(1, cost(70, 46, 500), 0.35),
    trained(2, cost(60, 30, 950), 0.25),
    rejected(3, cost(110, 40, 100)),  # ROM alone, by exactly a tenth
    rejected(4, cost(111, 40, 100)),  # ROM alone, by a little more
    rejected(5, cost(150, 55, 100)),  # ROM and RAM
    trained(6, cost(50, 55, 500), 0.20, pruned_by="budget:ram_bytes"),  # under other limits
    rejected(7, cost(50, 40, 2_000)),
    rejected(8, cost(110, 40, 100), name=3, why="duplicate"),
    Record(asked=ASKED, pruned_by="impossible", number=9),
    trained(10, cost(10, 10, 10), 0.10, rung=0, pruned_by="rung"),  # fewer epochs: not compared
    trained(11, cost(10, 10, 10), 0.05, pruned_by="failed"),
    trained(12, cost(10, 10, 10), 1e3),  # diverged
]


@pytest.fixture(scope="module")
def facts() -> dict[str, LimitFacts]:
    return {one.name: one for one in binding(STUDY, LIMITS, top_rung=TOP).limits}


def test_the_whole() -> None:
    found = binding(STUDY, LIMITS, top_rung=TOP)
    assert (found.asked, found.impossible, found.fit, found.finished) == (12, 1, 6, 3)
    assert found.feasible_share == 0.5
    assert found.best == Best(trial=2, val_loss=0.25, val_accuracy=0.75)
    assert found.binding == "rom_bytes"
    assert [one.name for one in found.limits] == list(LIMITS)


def test_what_each_limit_rejected(facts: dict[str, LimitFacts]) -> None:
    counts = {name: (one.rejected, one.rejected_alone) for name, one in facts.items()}
    assert counts == {"rom_bytes": (3, 2), "ram_bytes": (2, 1), "macs": (1, 1)}
    assert facts["rom_bytes"].median_violation == pytest.approx(0.11)
    assert facts["ram_bytes"].median_violation == pytest.approx(0.10)
    assert facts["macs"].median_violation == pytest.approx(1.00)
    assert [one.used_by_best for one in facts.values()] == pytest.approx([0.6, 0.6, 0.95])


def test_a_tenth_more(facts: dict[str, LimitFacts]) -> None:
    more = {name: one.more for name, one in facts.items()}
    assert {name: (one.limit, one.would_fit, one.trained) for name, one in more.items()} == {
        "rom_bytes": (110, 1, 0),
        "ram_bytes": (55, 1, 1),
        "macs": (1_100, 0, 0),
    }
    assert more["rom_bytes"].best is None, "no loss is made up for what was never trained"
    assert more["ram_bytes"].best == Best(trial=6, val_loss=0.20, val_accuracy=0.80)


def test_a_tenth_less(facts: dict[str, LimitFacts]) -> None:
    less = {name: one.less for name, one in facts.items()}
    assert {name: (one.limit, one.lost) for name, one in less.items()} == {
        "rom_bytes": (90, 0),
        "ram_bytes": (45, 1),
        "macs": (900, 1),  # 900 is still within it, 950 is not
    }
    left = {name: one.best.trial for name, one in less.items() if one.best}
    assert left == {"rom_bytes": 2, "ram_bytes": 2, "macs": 0}
    rises = [one.loss_rise for one in less.values()]
    assert rises == pytest.approx([0.0, 0.0, 0.05])


def test_a_tenth_less_may_leave_nothing() -> None:
    found = binding([trained(0, cost(95, 1, 1), 0.3)], {"rom_bytes": 100}, top_rung=TOP)
    less = found.limits[0].less
    assert (less.lost, less.best, less.loss_rise) == (1, None, None)


def test_nothing_rejected_and_nothing_asked() -> None:
    found = binding([trained(0, cost(1, 1, 1), 0.3)], LIMITS, top_rung=TOP)
    assert (found.binding, found.feasible_share) == (None, 1.0)
    empty = binding([], LIMITS, top_rung=TOP)
    assert (empty.asked, empty.feasible_share, empty.best, empty.binding) == (0, None, None, None)


def test_what_was_not_priced_does_not_count_as_fitting() -> None:
    study = [
        trained(0, cost(1, 1, 1, latency_ms=90.0), 0.3),
        trained(1, cost(1, 1, 1), 0.2),
        rejected(2, cost(1, 1, 1, latency_ms=110.0)),
    ]
    found = binding(study, {"latency_ms": 100.0}, top_rung=TOP)
    only = found.limits[0]
    assert (found.fit, only.unknown, only.rejected) == (1, 1, 1)
    assert found.best is not None
    assert found.best.trial == 0
    assert (only.more.limit, only.more.would_fit) == (pytest.approx(110.0), 1)


def test_a_candidate_let_in_later_counts_once_and_as_trained() -> None:
    again = trained(5, cost(60, 30, 100), 0.4)
    first = rejected(2, cost(60, 30, 100), name=5)
    assert distinct([first, again], TOP) == [again]
    assert distinct([again, first], TOP) == [again]


def test_plain_data_of_it_is_json(facts: dict[str, LimitFacts]) -> None:
    assert asdict(facts["macs"])["less"]["best"]["val_loss"] == 0.30


def test_limits_and_rungs_of_study_json() -> None:
    info = {"budget": {"limits": {"macs": 5, "rom_bytes": None}}}
    assert limits_of(info) == {"macs": 5}
    assert limits_of({}) == {}
    assert top_rung_of({"identity": {"fidelities": [[3, 1.0], [9, 1.0]]}}, []) == 1
    assert top_rung_of({}, STUDY) == TOP
    assert top_rung_of({}, []) == 0


def test_the_op_at_the_peak() -> None:
    builder = GraphBuilder((10, 10, 1))
    wide = builder.add(Conv2D(8, (3, 3)), 0, name="wide")  # 100 in, 800 out
    narrow = builder.add(Conv2D(4, (1, 1)), wide, name="narrow")  # 800 in, 400 out
    head = builder.add(Mean(), narrow, name="head")
    graph = builder.build(builder.add(FullyConnected(3), head))
    found = peak_op(graph, 2_400, runtime="tflm")
    assert (found.op, found.name, found.live_bytes) == ("Conv2D", "narrow", 1_200)
    assert found.ram_share == 0.5
    # In the generated C a 1x1 convolution writes over its input: the larger pair is the first.
    over = peak_op(graph, 2_400)
    assert (over.name, 800 < over.live_bytes <= 900) == ("wide", True)


def test_shares_of_peaks() -> None:
    def at(name: str, share: float) -> PeakOp:
        return PeakOp(op="Conv2D", name=name, live_bytes=1, ram_share=share)

    first, second = peak_shares([at("stem", 0.5), at("block", 0.9), at("stem", 0.7)])
    assert (first.name, first.candidates, first.share) == ("stem", 2, 2 / 3)
    assert first.ram_share == pytest.approx(0.6)
    assert (second.name, second.candidates) == ("block", 1)
    assert peak_shares([]) == ()
