"""The benchmark of speed times what it says: distinct networks of 12 ops, the same verdicts."""

from nas.budget import load_budget
from nas.space import build_graph, load_space
from tests.benchmarks.pricing_speed import (
    FixedChoices,
    appraisal,
    drawn,
    verdict,
)
from tests.benchmarks.pricing_table import N_OPS, Speed, report
from tests.random_candidates import N_CLASSES


def test_choices_that_were_drawn_make_the_same_candidate_again():
    space = load_space("ds_cnn")
    found = drawn(space, 20, n_ops=N_OPS)
    assert len({candidate.fingerprint for _, candidate in found}) == 20
    for values, candidate in found:
        again = space.suggest(FixedChoices(values), sample_rate_hz=16_000, clip_ms=[1_000])
        assert again == candidate
        assert len(build_graph(again, N_CLASSES).nodes) == N_OPS


def test_a_verdict_without_detail_is_the_verdict():
    space, budget = load_space("ds_cnn"), load_budget("stm32f446", ["macs=500000"])
    for values, _ in drawn(space, 10, n_ops=N_OPS):
        choices = FixedChoices(values)
        brief = verdict(space, budget)(choices)
        assert brief == verdict(space, budget, detail=True)(choices)
        assert brief == appraisal(space, budget)(choices)
        assert "macs" in brief


def test_what_is_too_slow_or_grows_is_said():
    peer = {"candidates": 1, "convert_s": 3.0, "measure_s": 0.0, "import_s": 3.0}
    slow = Speed("any", "c, portable", "verdict", 10, 5, [(301.0, 350.0, 400.0, 500.0)] * 3)
    text = report([slow], (10, 100, 50.0, 55.0), peer, "here")
    assert "| 301 | 301 to 301 | 350 | 400 | 500 | **no** |" in text
    assert "growth +5.0 MB, **not met**" in text
    assert "9,967 times as long" in text
