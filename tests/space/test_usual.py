"""The front end that a search begins with: the published habit, within what a space names."""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from nas.frontend import LogMelSettings
from nas.space import ImpossibleCandidate, RandomChoices, Space, UsualChoices, load_space
from nas.space.usual import TRAINING, BehindUsualFrontEnd

MFCC_AND_MORE = """
families:
  ds_cnn: {}
frontend:
  sample_rate_hz: [8000, 22050]
  window_ms: [20, 64]
  hop_ms: [10, 64]
  kinds:
    mfcc:
      n_mels: [20, 30]
      n_mfcc: [10, 12]
    spectrum: {}
"""


def drawn(space: Space, count: int, *, sample_rate_hz: int) -> list[dict[str, object]]:
    rng, found = np.random.default_rng(1), []
    while len(found) < count:
        try:
            choices = UsualChoices(rng)
            candidate = space.suggest(choices, sample_rate_hz=sample_rate_hz, clip_ms=(1_000,))
        except ImpossibleCandidate:
            continue
        found.append(candidate.frontend.to_dict() | {"family": candidate.family})
    return found


def test_the_default_space_begins_with_forty_log_mels_of_30_and_20_ms() -> None:
    found = drawn(load_space("default"), 20, sample_rate_hz=16_000)
    usual = LogMelSettings(sample_rate_hz=16_000, window_ms=30, hop_ms=20, n_mels=40)
    assert all({**one, **usual.to_dict()} == one for one in found)
    assert len({str(one["family"]) for one in found}) == 3  # networks are drawn by chance


def test_a_network_is_moved_behind_the_usual_front_end() -> None:
    space, moved = load_space("default"), 0
    for seed in range(200):
        parent = RandomChoices(np.random.default_rng(seed))
        back = BehindUsualFrontEnd(np.random.default_rng(0), parent=parent.values)
        try:
            first = space.suggest(parent, sample_rate_hz=16_000, clip_ms=(1_000,))
            second = space.suggest(back, sample_rate_hz=16_000, clip_ms=(1_000,))
        except ImpossibleCandidate:
            continue
        assert (second.family, second.network) == (first.family, first.network)
        assert second.training == first.training
        assert second.frontend == LogMelSettings(fmax_hz=7_600)
        moved += first.frontend != second.frontend
    assert moved > 100


def test_trainings_begin_as_they_usually_go_well() -> None:
    space = load_space("default")
    for seed in range(30):
        candidate = space.suggest(
            UsualChoices(np.random.default_rng(seed)), sample_rate_hz=16_000, clip_ms=(1_000,)
        )
        named = {f"training.{name}": value for name, value in candidate.training.items()}
        assert named == pytest.approx(dict(TRAINING))


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ({"low": 0.02, "high": 0.05, "log": True}, 0.02),  # above the usual 0.012
        ({"low": 0.001, "high": 0.01}, 0.01),
        ({"low": 0.005, "high": 0.03, "step": 0.005}, 0.01),
        ([0.1, 0.001, 0.02], 0.02),
    ],
)
def test_a_usual_training_stays_within_the_space(tmp_path, domain, expected) -> None:
    path = tmp_path / "space.yaml"
    yaml = YAML(typ="safe")
    space = yaml.load(Path("search_spaces/default.yaml"))
    space["training"]["learning_rate"] = domain
    with path.open("w") as file:
        yaml.dump(space, file)
    choices = UsualChoices(np.random.default_rng(0))
    found = load_space(str(path)).suggest(choices, sample_rate_hz=16_000, clip_ms=(1_000,))
    assert found.training["learning_rate"] == pytest.approx(expected)


def test_slow_recordings_take_the_nearest() -> None:
    (first, *_) = drawn(load_space("default"), 1, sample_rate_hz=8_000)
    assert (first["sample_rate_hz"], first["fmax_hz"], first["n_mels"]) == (8_000, 3_800, 40)


@pytest.mark.parametrize(("key", "value"), [("window_ms", 20), ("n_mels", 30), ("n_mfcc", 12)])
def test_the_first_kind_that_is_named_and_what_is_nearest(
    tmp_path: Path, key: str, value: int
) -> None:
    path = tmp_path / "space.yaml"
    training = Path("search_spaces/default.yaml").read_text().split("\n\n")[-1]
    path.write_text(f"{MFCC_AND_MORE}{training}")
    (found, *_) = drawn(load_space(str(path)), 1, sample_rate_hz=22_050)
    assert (found["kind"], found[key]) == ("mfcc", value)
