"""A command cut among its finalists goes on with them, not with another search."""

from pathlib import Path
from typing import Any

import pytest

from nas.budget import load_budget
from nas.commands import finalists
from nas.commands.finalists import finish, under_way
from nas.commands.plan import FinalistPlan


def run(study: Path, monkeypatch: pytest.MonkeyPatch, train: Any) -> None:
    monkeypatch.setattr(finalists, "_jobs", lambda *_: [Job(7), Job(3)])
    monkeypatch.setattr(finalists, "_train", train)
    monkeypatch.setattr(finalists, "settle", lambda *_, **__: "crowned")
    finish(
        study,
        records=[],
        plan=FinalistPlan(2, 1, 10, 1),
        context=None,  # type: ignore[arg-type]
        budget=load_budget("esp32"),
        n_workers=1,
        deadline=0.0,
        say=lambda _: None,
    )


class Job:
    def __init__(self, trial: int) -> None:
        self.trial = trial


def test_chosen_finalists_are_kept_until_one_is_crowned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> Any:
        assert under_way(tmp_path) == [7, 3]
        raise KeyboardInterrupt

    assert under_way(tmp_path) == []
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, monkeypatch, interrupted)
    assert under_way(tmp_path) == [7, 3]
    run(tmp_path, monkeypatch, lambda *_: ([], {}))
    assert under_way(tmp_path) == []
