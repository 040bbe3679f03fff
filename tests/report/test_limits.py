"""Sentences and the table on limits, from a mapping written by hand."""

import copy
from typing import Any

from nas.report import limits as of_limits
from tests.report.test_tables import text_of


def best(trial: int, loss: float) -> dict[str, Any]:
    return {"trial": trial, "val_loss": loss, "val_accuracy": 0.9}


def limit(name: str, value: float, *, rejected: int = 0, alone: int = 0, **more: Any) -> Any:
    return {
        "name": name,
        "limit": value,
        "rejected": rejected,
        "rejected_alone": alone,
        "median_violation": 0.25 if rejected else None,
        "unknown": 0,
        "used_by_best": 0.5,
        "more": {"limit": 1.1 * value, "would_fit": 0, "trained": 0, "best": None},
        "less": {"limit": 0.9 * value, "lost": 0, "best": best(2, 0.25), "loss_rise": 0.0},
        **more,
    }


FACTS: dict[str, Any] = {
    "asked": 1_200,
    "impossible": 1,
    "fit": 300,
    "feasible_share": 0.25,
    "finished": 3,
    "best": best(2, 0.25),
    "binding": "ram_bytes",
    "limits": [
        limit("ram_bytes", 50_000, rejected=899, alone=700, used_by_best=0.6),
        limit("latency_ms", 12.5, used_by_best=0.95),
        limit("macs", 1_000_000),
    ],
    "peaks": {
        "n": 4,
        "rejected": [
            {"op": "Conv2D", "name": "stem", "candidates": 3, "share": 0.75, "ram_share": 0.8},
            {"op": "Mean", "name": "pool", "candidates": 1, "share": 0.25, "ram_share": 0.5},
        ],
        "winner": {"op": "Conv2D", "name": "stem", "live_bytes": 35_200, "ram_share": 0.906},
    },
}


def changed(index: int, **change: Any) -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    facts["limits"][index] |= change
    return facts


def test_headline() -> None:
    assert of_limits.headline(FACTS) == (
        "300 of 1,200 candidates asked for fit every limit (25.0 %); 1 made no network. "
        "The limit that binds is RAM: 899 were over it, 700 of them over no other."
    )
    each = of_limits.headline(changed(0, rejected_alone=0))
    assert each.endswith("each of them over another too: more of it alone lets none in.")
    none = of_limits.headline(FACTS | {"binding": None, "impossible": 0})
    assert none.endswith("(25.0 %). No limit rejected any of them: none binds.")
    assert of_limits.headline(FACTS | {"asked": 0}) == "No candidate was asked for yet."


def test_one_line() -> None:
    line = "binding limit: RAM, over it 899 (700 over it alone); 25.0 % of 1,200 candidates fit"
    assert of_limits.one_line(FACTS) == line
    none = of_limits.one_line(FACTS | {"binding": None})
    assert none == ("binding limit: none rejected a candidate; 25.0 % of 1,200 candidates fit")
    assert "nothing was asked" in of_limits.one_line(FACTS | {"asked": 0})


def test_table_keeps_its_columns() -> None:
    lines = text_of(of_limits.limits_table(FACTS), width=80)
    rows = {line[0]: line[1:] for line in lines if line}
    assert rows["RAM"] == ["50,000", "899", "700", "+25.0", "%", "60.0", "%", "0", "0", "0.250"]
    assert rows["latency"] == ["12.5", "0", "0", "–", "95.0", "%", "0", "0", "0.250"]


def test_a_median_over_one_is_whole_percents() -> None:
    row = of_limits.rows(changed(0, median_violation=12.345))[0]
    assert "+1,234 %" in row


def test_more_without_a_training_has_no_loss() -> None:
    more = {"limit": 55_000, "would_fit": 7, "trained": 0, "best": None}
    assert of_limits.sentences(changed(0, more=more))[0] == (
        "10 % more RAM (55,000) would have let in 7 more: none of them was ever trained, so "
        "their loss is not known."
    )


def test_more_with_a_training_under_other_limits() -> None:
    more = {"limit": 55_000, "would_fit": 7, "trained": 2, "best": best(6, 0.2)}
    assert of_limits.sentences(changed(0, more=more))[0] == (
        "10 % more RAM (55,000) would have let in 7 more: 2 of them trained to the end under "
        "other limits, the best (trial 6) with val loss 0.200, against 0.250 of the best that "
        "fits."
    )


def test_less() -> None:
    assert "10 % less RAM, latency and MACs would have cost none of the trained trials." in (
        of_limits.sentences(FACTS)
    )
    less = {"limit": 45_000, "lost": 2, "best": best(0, 0.3), "loss_rise": 0.05}
    assert (
        "10 % less RAM (45,000) would have cost 2 trained trials, the best among them: trial 0 "
        "would be the best left, val loss 0.300 instead of 0.250 (+0.050)."
    ) in of_limits.sentences(changed(0, less=less))
    kept = of_limits.sentences(changed(0, less=less | {"lost": 1, "best": best(2, 0.25)}))
    assert (
        "10 % less RAM (45,000) would have cost 1 trained trial, but not the best one (trial 2)."
    ) in kept
    none = of_limits.sentences(changed(0, less=less | {"best": None, "loss_rise": None}))
    assert "10 % less RAM (45,000) would have cost 2 trained trials: all there are." in none


def test_what_the_best_trial_presses_on_need_not_be_what_rejects_most() -> None:
    said = (
        "The best trial (2, val loss 0.250) comes nearest to its limit in latency: it uses 95.0 %."
    )
    assert said in of_limits.sentences(FACTS)


def test_without_a_trained_trial_less_is_unknown() -> None:
    found = of_limits.sentences(FACTS | {"best": None})
    assert "No trial that fits was trained to the end: what less would cost is unknown." in found
    assert not any("10 % less" in sentence for sentence in found)


def test_peaks() -> None:
    assert of_limits.sentences(FACTS)[-2:] == [
        "Of the 4 rejected for RAM, the op at the peak is stem in 75.0 % and pool in 25.0 %; at "
        "stem the arena in use is 80.0 % of all RAM (median).",
        "The winner's peak is at stem (Conv2D): 35,200 bytes of the arena in use, 90.6 % of its "
        "RAM.",
    ]


def test_what_was_not_priced_is_said() -> None:
    assert any("5 candidates have no price in latency" in sentence for sentence in
               of_limits.sentences(changed(1, unknown=5)))  # fmt: skip
