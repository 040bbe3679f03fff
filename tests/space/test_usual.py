"""The front end that a search begins with: the published habit, within what a space names."""

from pathlib import Path

import numpy as np
import pytest

from nas.frontend import LogMelSettings
from nas.space import ImpossibleCandidate, Space, UsualFrontEnd, load_space

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
            choices = UsualFrontEnd(rng)
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
