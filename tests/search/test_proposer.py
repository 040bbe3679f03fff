"""Whose turn it is: what startup draws, when it ends, and what neighbours change."""

from collections import Counter

import numpy as np
import pytest

from nas.frontend import LogMelSettings
from nas.search.proposer import Proposer
from nas.space import NeighbourChoices, UsualFrontEnd
from tests.search.formula import search

STARTUP = Proposer.startup


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """The source of each candidate that was trained, in order, and its features."""
    told, drawn = [], {}
    draw, begin = Proposer._draw, Proposer.begin

    def drawing(self, source):
        record = draw(self, source)
        drawn[id(record.asked)] = source
        return record

    def beginning(self, key, record):
        told.append((drawn[id(record.asked)], record.candidate))
        return begin(self, key, record)

    monkeypatch.setattr(Proposer, "_draw", drawing)
    monkeypatch.setattr(Proposer, "begin", beginning)
    search(tmp_path, max_trials=30)
    return told


def test_startup_lasts_until_as_many_were_trained(sources):
    begun = [source for source, _ in sources]
    assert set(begun[:STARTUP]) == {"usual", "chance"}
    assert "usual" not in begun[STARTUP:]
    count = Counter(begun[STARTUP:])
    assert count["loss"] > count["neighbour"] > 0
    assert count["front"] > 0


def test_most_of_the_startup_stands_behind_usual_features(sources):
    usual = [candidate for source, candidate in sources if source == "usual"]
    assert len(usual) > STARTUP / 2
    assert {one.frontend.n_mels for one in usual} == {LogMelSettings().n_mels}


def test_neighbours_move_only_what_they_are_told_to():
    parent = {"frontend.hop_ms": 16, "ds_cnn.filters": 24, "training.dropout": 0.2}
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(200):
        one = NeighbourChoices(
            rng, parent=parent, rate=0.5, moves=lambda name: name.startswith("frontend.")
        )
        seen.add(one.suggest_categorical("frontend.hop_ms", [10, 16, 20]))
        assert one.suggest_int("ds_cnn.filters", 8, 64) == 24
        assert one.suggest_float("training.dropout", 0.0, 0.4) == 0.2
    assert seen == {10, 16, 20}


def test_the_usual_front_end_is_one_name_away():
    assert (
        UsualFrontEnd(np.random.default_rng(0)).suggest_categorical(
            "frontend.log_mel.n_mels", [16, 24, 40]
        )
        == 40
    )
