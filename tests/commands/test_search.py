"""The main job's own rules: names, cores, and that a study belongs to one command at a time."""

import os
from pathlib import Path

import pytest

from nas.audio.dataset import Dataset
from nas.budget import load_budget
from nas.commands.search import Request, _cores, _study_name
from nas.commands.studies import only_one
from nas.errors import ConfigError
from nas.space import load_space

DATA = Dataset(
    name="my sounds/at home",
    labels=("a", "b"),
    clips=(),
    background=(),
    sample_rate_hz=16_000,
    clip_ms=(1_000,),
    digest="0" * 64,
)


def name(**options: object) -> str:
    request = Request(**{"budget": "esp32", **options})  # type: ignore[arg-type]
    budget = load_budget(request.budget, request.limits)
    return _study_name(request, budget, load_space("default"), DATA)


def test_a_study_is_one_folder_whatever_the_data_are_called() -> None:
    assert name().startswith("my-sounds-at-home-esp32-s0-")
    assert name() == name()
    assert len({name(), name(seed=1), name(limits=["macs=5"])}) == 3


@pytest.mark.parametrize("given", ["", ".", "..", "a/b", "/tmp"])
def test_a_study_cannot_leave_the_results_folder(given: str) -> None:
    with pytest.raises(ConfigError, match="without /"):
        name(study=given)


def test_cores_are_known_without_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert _cores() == (os.cpu_count() or 1)


def test_a_study_belongs_to_one_command(tmp_path: Path) -> None:
    study = tmp_path / "study"
    with (
        only_one(study),
        pytest.raises(ConfigError, match="another `nas search`"),
        only_one(study),
    ):
        pass
    with only_one(study):
        pass
