"""Front ends in search spaces: kinds, their grids, what is not proposed, what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nas.errors import ConfigError
from nas.space import (
    ImpossibleCandidate,
    MinimumChoices,
    RandomChoices,
    Space,
    build_graph,
    load_space,
    read_candidate,
    write_candidate,
)
from tests.space import kinds

BOTH = """
families:
  conv1d: {}
  ds_cnn: {}
frontend:
  sample_rate_hz: [8000, 16000]
  window_ms: [20, 32]
  hop_ms: [10, 25]
  kinds:
    tilt:
      n_bands: [8, 16]
      n_kept: {low: 4, high: 12, step: 4}
      top_hz: [3500, 6000]
      floor: [0.25, 0.5]
      pre_emphasis: [false, true]
      scale: [db, ln]
    wave:
      every: [1, 4]
"""


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds.install(monkeypatch)


def space_of(folder: Path, text: str) -> Space:
    path = folder / "space.yaml"
    path.write_text(text)
    return load_space(str(path))


class Recorded(RandomChoices):
    """Keeps the domain of every choice asked for."""

    domains: dict[str, set[Any]]

    def suggest_categorical(self, name: str, choices: Any, /) -> Any:
        self.domains.setdefault(name, set()).add(tuple(choices))
        return super().suggest_categorical(name, choices)


def drawn(space: Space, n: int, *, rate: int = 16_000) -> tuple[list[Any], dict[str, set[Any]]]:
    """Return `n` candidates and what was asked for them; impossible ones count."""
    rng, domains = np.random.default_rng(0), {}
    found = []
    for _ in range(n):
        choices = Recorded(rng)
        choices.domains = domains
        try:
            found.append(space.suggest(choices, sample_rate_hz=rate, clip_ms=(500,)))
        except ImpossibleCandidate as error:
            found.append(str(error))
    return found, domains


def made_of(found: list[Any]) -> list[Any]:
    return [one for one in found if not isinstance(one, str)]


def test_a_kind_is_searched_by_naming_it(tmp_path: Path) -> None:
    found, domains = drawn(space_of(tmp_path, BOTH), 5_000)
    asked = {name: only for name, only in domains.items() if name.startswith("frontend.")}
    assert asked == {
        "frontend.kind": {("tilt", "wave")},
        "frontend.sample_rate_hz": {(8_000, 16_000)},
        "frontend.window_ms": {(20, 32)},
        "frontend.hop_ms": {(10, 25)},  # 20 ms leaves one value: not asked
        "frontend.tilt.n_bands": {(8, 16)},
        "frontend.tilt.n_kept": {(4, 8, 12)},
        "frontend.tilt.top_hz": {(3_500, 6_000)},  # and so does 8 kHz
        "frontend.tilt.floor": {(0.25, 0.5)},
        "frontend.tilt.pre_emphasis": {(False, True)},
        "frontend.tilt.scale": {("db", "ln")},
        "frontend.wave.every": {(1, 4)},
    }
    made = {one.frontend for one in made_of(found)}
    tilts = {one for one in made if isinstance(one, kinds.TiltSettings)}
    # 8 kHz one top_hz, 16 kHz two; hops 1 + 2; 8 bands keep 4 or 8, 16 bands 4, 8 or 12; 8 rest.
    assert len(tilts) == (1 + 2) * (1 + 2) * (2 + 3) * 8
    assert len(made - tilts) == 2 * 2 * 2


def test_what_cannot_work_together_is_rejected_with_the_reason(tmp_path: Path) -> None:
    found, _ = drawn(space_of(tmp_path, BOTH.replace("n_bands: [8, 16]", "n_bands: [8, 18]")), 300)
    refused = {one for one in found if isinstance(one, str)}
    assert refused == {
        "frontend: n_kept: 12 is outside 1 to 8",
        "frontend: n_bands: 18 is odd with db; use ln",
    }


def test_only_conv1d_is_offered_a_waveform(tmp_path: Path) -> None:
    found, _ = drawn(space_of(tmp_path, BOTH), 400)
    waves = [one for one in made_of(found) if one.frontend.is_waveform]
    assert waves
    assert {one.family for one in waves} == {"conv1d"}
    for one in waves:
        settings = one.frontend
        assert settings.hop_ms == settings.window_ms
        assert one.training["spec_augment"] == "off"
        graph = build_graph(one, 3)
        rows = settings.clip_ms // settings.window_ms  # whole frames that touch
        values = rows * settings.sample_rate_hz * settings.window_ms // 1_000 // settings.every
        assert graph.tensors[graph.input].shape == (values, 1, 1)


def test_a_family_of_pictures_refuses_a_waveform(tmp_path: Path) -> None:
    space = space_of(tmp_path, BOTH)
    picture = space.suggest(
        MinimumChoices({"family": "ds_cnn"}), sample_rate_hz=16_000, clip_ms=(500,)
    )
    wrong = type(picture)("ds_cnn", kinds.WaveSettings(hop_ms=30), picture.network, {})
    with pytest.raises(ImpossibleCandidate, match="ds_cnn: takes frames of bins, and wave is a"):
        build_graph(wrong, 3)
    only = BOTH[: BOTH.index("    tilt:")] + "    wave: {}\n"
    with pytest.raises(ConfigError, match=r"space\.yaml:4: families\.ds_cnn: takes frames of"):
        space_of(tmp_path, only)


def test_two_kinds_of_which_one_needs_a_higher_rate(tmp_path: Path) -> None:
    text = BOTH.replace("top_hz: [3500, 6000]", "top_hz: [6000]")
    found, domains = drawn(space_of(tmp_path, text), 300)
    assert domains["frontend.sample_rate_hz"] == {(8_000, 16_000)}  # of wave; tilt has one left
    rates = {(one.frontend.kind, one.frontend.sample_rate_hz) for one in made_of(found)}
    assert rates == {("tilt", 16_000), ("wave", 8_000), ("wave", 16_000)}
    low, _ = drawn(space_of(tmp_path, text.replace("  ds_cnn: {}\n", "")), 50, rate=8_000)
    assert {one.frontend.kind for one in low} == {"wave"}
    with pytest.raises(ConfigError, match=r"families\.ds_cnn: takes frames of bins"):
        drawn(space_of(tmp_path, text), 1, rate=8_000)


def test_a_kind_may_have_its_own_frames(tmp_path: Path) -> None:
    text = BOTH.replace("every: [1, 4]", "window_ms: [8, 16]")
    found, domains = drawn(space_of(tmp_path, text), 300)
    assert domains["frontend.wave.window_ms"] == {(8, 16)}
    assert domains["frontend.window_ms"] == {(20, 32)}
    windows = {(c.frontend.kind, c.frontend.window_ms) for c in made_of(found)}
    assert windows == {("tilt", 20), ("tilt", 32), ("wave", 8), ("wave", 16)}


def test_settings_not_named_keep_their_usual_value(tmp_path: Path) -> None:
    text = BOTH[: BOTH.index("    tilt:")] + "    tilt: {}\n    log_mel: {n_mels: [20]}\n"
    space = space_of(tmp_path, text)
    found, domains = drawn(space, 200)
    assert domains["frontend.kind"] == {("log_mel", "tilt")}
    assert {(c.frontend.kind, c.frontend.n_bins) for c in found} == {("log_mel", 20), ("tilt", 8)}
    assert {c.frontend.sample_rate_hz for c in found} == {16_000}  # 7,600 and 6,000 Hz are usual
    described = space.describe()["frontend"]["kinds"]["log_mel"]
    assert described.items() >= {"n_mels": [20], "fmin_hz": [80], "fmax_hz": [7_600]}.items()


def test_a_kernel_longer_than_the_features_is_impossible(tmp_path: Path) -> None:
    text = BOTH.replace("ds_cnn: {}", "ds_cnn: {stem_kernel: [10x4]}")
    space = space_of(tmp_path, text)
    few = {"family": "ds_cnn", "frontend.kind": "tilt", "frontend.window_ms": 32}
    choices = MinimumChoices(few | {"frontend.hop_ms": 25})
    short = space.suggest(choices, sample_rate_hz=16_000, clip_ms=(200,))
    assert short.frontend.n_frames == 1 + (200 - 32) // 25 == 7
    with pytest.raises(ImpossibleCandidate, match="takes in 10 frames, the features have 7"):
        build_graph(short, 3)
    assert build_graph(space.suggest(choices, sample_rate_hz=16_000, clip_ms=(300,)), 3)


OLD = """
families:
  conv1d: {}
frontend:
  sample_rate_hz: [16000]
  window_ms: [30]
  hop_ms: [20]
  n_mels: [40]
"""


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            OLD,
            8,
            "frontend.n_mels: stands in a kind now: write `kinds: {log_mel: {n_mels: [...]}}",
        ),
        (
            BOTH.replace("    wave:", "    waves:"),
            17,
            "kinds.waves: unknown key, did you mean `wa",
        ),
        (BOTH.replace("wave:", "nope:"), 17, ", tilt, wave"),
        (BOTH.replace("every: [1, 4]", "evry: [1, 4]"), 18, "did you mean `every`?; known: every"),
        (BOTH.replace("every: [1, 4]", "every: [1, 3]"), 18, "must be one of 1, 2, 4 (found 3)"),
        (BOTH.replace("[db, ln]", "[dB]"), 16, "must be one of db, ln (found 'dB')"),
        (BOTH.replace("[false, true]", "[1]"), 15, "must be true or false (found 1)"),
        (BOTH.replace("[0.25, 0.5]", "[half]"), 14, "must be a number (found 'half')"),
        (BOTH.replace(" 6000]", " 9000]"), 13, "kinds.tilt.top_hz: 9000 is outside 1 to 8000"),
        (BOTH.replace("step: 4}", "step: 3}"), 12, "n_kept.high: is 2.66667 steps above low"),
        (BOTH.replace("step: 4}", "step: 4, log: true}"), 12, "give step or log, not both"),
        (
            BOTH.replace("low: 4, high: 12, step: 4", "low: 4, high: 20, step: 4"),
            12,
            "is outside 1 to 16",
        ),
        (
            BOTH.replace("low: 4, high: 12, step: 4", "low: 1, high: 1000000000"),
            12,
            "n_kept.high: must be a whole number from 1 to 64, found 1000000000",
        ),
        (
            BOTH.replace("[3500, 6000]", "{low: 1, high: 8000}"),
            13,
            "top_hz: 8000 values from 1 to 8000, 2048 at most: give a list, or a larger step",
        ),
        (BOTH.replace("[8, 16]", "[many]"), 11, "n_bands.0: must be a whole number from 4 to 64"),
        (BOTH.replace("[8, 16]", ""), 11, "n_bands: has no value; give a list such as [16]"),
        (BOTH.replace("hop_ms: [10, 25]", "hop_ms:"), 8, "hop_ms: has no value; give a list"),
        (BOTH.replace("window_ms: [20, 32]", "window_ms: [65]"), 7, "whole number from 1 to 64"),
        (BOTH.replace("n_bands: [8, 16]", "n_bands: []"), 11, "at least 1 item"),
        (BOTH.replace("hop_ms: [10, 25]", "hop_ms: [21]"), 7, "window_ms: 20 has no hop_ms: the"),
        (
            BOTH.replace("n_bands: [8, 16]", "n_bands: [8, 17]"),
            11,
            "kinds.tilt.n_bands: 17 works with none of the other values: n_bands: 17 is cursed",
        ),
        (
            BOTH.replace("n_bands: [8, 16]", "n_bands: [17]"),
            11,
            "tilt.n_bands: 17 is cursed; use 16; no values of tilt work together",
        ),
        (
            BOTH.replace("window_ms: [20, 32]", "window_ms: [20, 32]\n  clip_ms: [500, 19]"),
            8,
            "clip_ms: 19 is shorter than a window of tilt, 20 ms",
        ),
        (
            BOTH.replace("hop_ms: [10, 25]", "hop_ms: [10, 33]"),
            8,
            "hop_ms: 33 works with none of the other values: it is never in range",
        ),
        (BOTH[: BOTH.index("    tilt:")] + "    {}\n", 9, "name at least one, as in `log_mel: {}"),
        (BOTH[: BOTH.index("  kinds:")], 5, "frontend.kinds: missing, and required"),
    ],
)
def test_refusals_name_line_and_key(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        space_of(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert words in str(caught.value)
    assert f"space.yaml:{line}: " in str(caught.value)


def test_candidates_of_any_kind_survive_their_file(tmp_path: Path) -> None:
    found, _ = drawn(space_of(tmp_path, BOTH), 200)
    path, read = tmp_path / "candidate.yaml", set()
    for candidate in made_of(found)[:40]:
        try:
            build_graph(candidate, 2)
        except ImpossibleCandidate:
            continue
        write_candidate(path, candidate)
        assert read_candidate(path) == candidate
        read.add(candidate.frontend.kind)
    assert read == {"tilt", "wave"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("scale: db", "scale: dB", ":13: frontend.scale: must be one of db, ln (found 'dB')"),
        ("n_kept: 8", "n_kept: 20", ":9: frontend.n_kept: 20 is outside 1 to 16"),
        ("n_kept: 8", "n_kept: few", ":9: frontend.n_kept: must be a whole number from 1 to 64"),
        ("n_bands: 16", "n_bands: 17", ":8: frontend.n_bands: 17 is cursed; use 16"),
        ("floor: 0.5", "flor: 0.5", ":11: frontend.flor: unknown key, did you mean `floor`?"),
        (
            "kind: tilt",
            "kind: tild",
            "'tild' is unknown, did you mean `tilt`?; known: log_mel, ",
        ),
        ("kind: tilt", "kind: wave", ":8: frontend.n_bands: unknown key; known: sample_rate_hz,"),
    ],
)
def test_a_bad_candidate_of_a_kind_names_line_and_key(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path, space = tmp_path / "candidate.yaml", space_of(tmp_path, BOTH)
    choices = MinimumChoices({"frontend.kind": "tilt"})
    candidate = space.suggest(choices, sample_rate_hz=16_000, clip_ms=(500,))
    usual = type(candidate)("conv1d", kinds.TiltSettings(), candidate.network, candidate.training)
    write_candidate(path, usual)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_candidate(path)
    assert "\n" not in str(caught.value)
    assert words in str(caught.value)


def test_bands_of_a_waveform_cannot_be_hidden(tmp_path: Path) -> None:
    path, space = tmp_path / "candidate.yaml", space_of(tmp_path, BOTH)
    choices = MinimumChoices({"family": "conv1d", "frontend.kind": "wave"})
    write_candidate(path, space.suggest(choices, sample_rate_hz=16_000, clip_ms=(500,)))
    assert read_candidate(path)
    path.write_text(path.read_text().replace("spec_augment: off", "spec_augment: light"))
    with pytest.raises(ConfigError, match=r"training\.spec_augment: light hides bands, and wave"):
        read_candidate(path)


def test_learnt_values_survive_the_candidates_file(tmp_path: Path) -> None:
    path, space = tmp_path / "candidate.yaml", load_space("default")
    plain = space.suggest(MinimumChoices({}), sample_rate_hz=16_000, clip_ms=(1_000,))
    n = plain.frontend.n_bins
    taught = {"channel_gains": tuple(range(1, n + 1)), "channel_offsets": tuple(range(-n, 0))}
    for values in ({}, {"normalise": "per_channel"}, {"normalise": "per_channel", **taught}):
        frontend = replace(plain.frontend, **values)
        candidate = replace(plain, frontend=frontend)
        write_candidate(path, candidate)
        assert read_candidate(path).frontend == frontend
        kept = json.loads(json.dumps(candidate.to_dict()))
        assert type(candidate).from_dict(kept) == candidate
        assert type(candidate).from_dict(kept).frontend == frontend
    path.write_text(path.read_text().replace("channel_gains: [1,", "channel_gains: [0,"))
    with pytest.raises(ConfigError, match=r"frontend\.channel_gains: 0 is outside 1 to 32767"):
        read_candidate(path)


REAL = """
families: {conv1d: {}}
frontend:
  sample_rate_hz: [8000, 16000]
  window_ms: [25, 30]
  hop_ms: [10, 20]
  kinds:
    log_mel: {n_mels: [40], fmax_hz: [3800, 7600], fft_length: [0, 512]}
    mfcc: {n_mfcc: [10, 13], lifter: [0, 22], fmax_hz: [3800]}
    micro: {gain_bits: [20, 21], fmax_hz: [3800]}
    raw: {decimation: [2, 5]}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("fft_length: [0, 512]", "fft_length: [64]", "log_mel.fft_length: 64 points are fewer"),
        ("fft_length: [0, 512]", "fft_length: [0, 64]", "log_mel.fft_length: 64 works with none"),
        ("lifter: [0, 22]", "lifter: [5]", "mfcc.lifter: 5 turns the signs"),
        ("lifter: [0, 22]", "lifter: [0, 5]", "mfcc.lifter: 5 works with none of the other"),
        ("decimation: [2, 5]", "decimation: [7]", "raw.decimation: 7 does not divide"),
        ("gain_bits: [20, 21]", "gain_bits: [20, 30]", "micro.gain_bits: 30 works with none"),
        (
            "n_mels: [40], fmax_hz: [3800, 7600], fft_length: [0, 512]",
            "n_mels: [40, 128], fmax_hz: [7600]",
            "log_mel.n_mels: 128 works with none of the other values: n_mels: 128 bands from 80",
        ),
    ],
)
def test_a_value_that_never_works_is_refused_at_once(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert space_of(tmp_path, REAL)
    assert old in REAL
    with pytest.raises(ConfigError) as caught:
        space_of(tmp_path, REAL.replace(old, new))
    assert words in str(caught.value)
    assert f"{new.partition(':')[0]}: " in str(caught.value)


def test_normalisation_is_searched_where_it_makes_sense() -> None:
    space = load_space("default")
    for kind in ("log_mel", "mfcc"):
        assert space.frontend.kinds[kind]["normalise"] == ("none", "per_channel")
    assert "normalise" not in space.frontend.kinds["micro"]
