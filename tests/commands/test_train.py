"""Where `nas train` puts what it made, and what it says of a candidate over the budget."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nas import config
from nas.audio.dataset import Dataset
from nas.cli.train import over_budget
from nas.commands import train as command
from nas.commands.train import TrainRequest, train
from nas.search import Outcome

DATA = Dataset(
    name="sounds",
    labels=("a", "b"),
    clips=(),
    background=(),
    sample_rate_hz=16_000,
    clip_ms=(1_000,),
    digest="0" * 64,
)
REQUEST = TrainRequest(
    candidate="mlperf_tiny_ds_cnn",
    budget="esp32",
    limits=["macs=1000000"],
    data="sounds",
    data_root=None,
    epochs=60,
    qat_epochs=4,
    seed=0,
    out_dir=None,
    results=Path("results"),
)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Folder and result of a request, with nothing trained."""
    monkeypatch.setattr(command.audio, "load", lambda *_: DATA)
    monkeypatch.setattr(command, "float_and_int8_test", lambda *_: {"n": 1})

    def trained(_: Any, jobs: list[Any], **__: Any) -> list[Any]:
        return [
            Outcome({"estimated": jobs[0].estimated, "candidate": jobs[0].candidate.to_dict()})
        ]

    monkeypatch.setattr(command, "map_jobs", trained)

    def make(**other: Any) -> tuple[Path, dict[str, Any]]:
        return train(replace(REQUEST, results=tmp_path, **other), lambda _: None)

    return make


def test_trainings_made_otherwise_lie_apart(made: Any) -> None:
    first, _ = made()
    assert first.name.startswith("mlperf_tiny_ds_cnn-sounds-s0-")
    assert made()[0] == first
    others = [
        {"epochs": 61},
        {"qat_epochs": 0},
        {"limits": []},
        {"budget": "esp32s3"},
        {"seed": 1},
    ]
    assert len({made(**other)[0] for other in others} | {first}) == len(others) + 1


def test_one_taken_after_another_lies_apart_and_may_be_named(made: Any, tmp_path: Path) -> None:
    first, result = made()
    front = result["candidate"]["frontend"]
    path = tmp_path / "mine.yaml"
    text = config.resolve("search_spaces/candidates", REQUEST.candidate).read_text()
    path.write_text(text.replace("n_mels: 40", "n_mels: 32"))
    other, alone = made(candidate=str(path))
    assert alone["candidate"]["frontend"] != front
    like, after = made(candidate=str(path), like=Path(first.name))
    assert after["candidate"]["frontend"] == front
    assert like != other


def test_a_candidate_over_the_budget_is_flagged(made: Any, tmp_path: Path) -> None:
    _, result = made()
    macs = result["estimated"]["macs"]
    assert result["over_budget"]["macs"] == 1_000_000
    assert f"over budget: macs {macs:,} of 1,000,000" in over_budget(result)
    board = tmp_path / "board.yaml"
    text = config.resolve("constraints", "esp32").read_text()
    board.write_text(text[: text.index("limits:")] + "limits:\n  rom_bytes: 400_000\n")
    _, result = made(budget=str(board), limits=[])
    assert (result["over_budget"], over_budget(result)) == ({}, "")
