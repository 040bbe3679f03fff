"""Search spaces and candidate files: what is read, what is refused, and with which line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import optuna
import pytest

from nas.config import available, resource_dir
from nas.errors import ConfigError
from nas.space import (
    ImpossibleCandidate,
    RandomChoices,
    build_graph,
    load_space,
    read_candidate,
    write_candidate,
)

FRONTEND = """
frontend:
  sample_rate_hz: [16000]
  window_ms: [30]
  hop_ms: [20]
  kinds:
    log_mel:
      n_mels: [40]
      fmin_hz: [80]
      fmax_hz: [7600]
"""


def space_file(folder: Path, text: str) -> str:
    path = folder / "space.yaml"
    path.write_text(text)
    return str(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_space(space_file(folder, text))
    return str(caught.value)


def test_shipped_spaces_load() -> None:
    assert set(available("search_spaces")) >= {"default", "conv1d", "ds_cnn", "separable_conv2d"}
    families = set(load_space("default").families)
    assert families == {"conv1d", "ds_cnn", "separable_conv2d"}
    assert set(load_space("ds_cnn").families) == {"ds_cnn"}


def test_unknown_family_names_line_and_neighbour(tmp_path: Path) -> None:
    message = refusal(tmp_path, "families:\n  conv1d: {}\n  ds_cn: {}\n" + FRONTEND)
    assert "space.yaml:3: families.ds_cn: unknown key, did you mean `ds_cnn`?" in message


def test_unknown_choice_of_a_family(tmp_path: Path) -> None:
    message = refusal(tmp_path, "families:\n  ds_cnn:\n    blokcs: [1]\n" + FRONTEND)
    assert "space.yaml:3" in message
    assert "did you mean `blocks`?" in message


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("stem_width: {low: 8, high: 4}", "high 4 is below low 8"),
        ("stem_width: {low: 0, high: 4, log: true}", "above 0 on a log scale"),
        ("stem_width: [-4]", "must be above 0"),
        ("stem_width: [4.5]", "not a whole number"),
        ("blocks: {low: 1, high: 1000000000}", "blocks: 1000000000 is above 4096"),
        ("blocks: {low: 1, high: 1e400}", "must be a whole number"),
        ("growth: {low: 1.0, high: 2.0, step: 1e-300}", "is too small for 1.0 to 2.0"),
        ("blocks:", "blocks: has no value; give a list or a range, or remove it"),
        ("residual: [3]", "not a truth value"),
        ("blocks: {low: 1, high: 4, step: 2}", "1.5 steps above low"),
        ("kernel: [3x3, 9x0]", "'9x0' is not a size such as 3x3"),
        ("head: [max]", "unknown value 'max'; known: gap, flatten"),
        ("blocks: []", "needs at least one value"),
        ("stem_width: {low: 8, high: 16, stepp: 2}", "unknown key"),
    ],
)
def test_impossible_domain_of_a_family(tmp_path: Path, override: str, words: str) -> None:
    message = refusal(tmp_path, f"families:\n  ds_cnn:\n    {override}\n" + FRONTEND)
    assert words in message
    assert "space.yaml:3" in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("hop_ms: [20]", "hop_ms: [0]", "hop_ms.0: must be a whole number from 1 to 64 (found 0)"),
        ("hop_ms: [20]", "hop_ms: [31]", "30 has no hop_ms"),
        ("fmax_hz: [7600]", "fmax_hz: [9000]", "fmax_hz: 9000 is outside 1 to 8000"),
        ("fmin_hz: [80]", "fmin_hz: [7600]", "fmin_hz: 7600 is outside 0 to 7599"),
        ("n_mels: [40]", "n_mels: []", "at least 1 item"),
        ("n_mels: [40]", "n_mels: [yes]", "whole number"),
    ],
)
def test_impossible_front_end(tmp_path: Path, old: str, new: str, words: str) -> None:
    message = refusal(tmp_path, "families:\n  ds_cnn: {}\n" + FRONTEND.replace(old, new))
    assert words in message
    assert "space.yaml:" in message


def test_no_family_and_bad_training(tmp_path: Path) -> None:
    assert "at least one family" in refusal(tmp_path, "families: {}\n" + FRONTEND)
    bad = "families:\n  ds_cnn: {}\n" + FRONTEND + "training:\n  dropout: [1.5]\n"
    assert "1.5 must be below 1" in refusal(tmp_path, bad)


def test_rates_above_the_recordings_are_dropped() -> None:
    space, rng = load_space("default"), np.random.default_rng(0)
    for _ in range(50):
        settings = space.suggest(
            RandomChoices(rng), sample_rate_hz=8_000, clip_ms=(1_000,)
        ).frontend
        assert settings.sample_rate_hz == 8_000
        assert settings.fmax_hz <= 4_000
    with pytest.raises(ConfigError, match=r"no frontend\.sample_rate_hz"):
        space.suggest(RandomChoices(rng), sample_rate_hz=6_000, clip_ms=(1_000,))


def test_a_dependent_domain_has_its_own_name() -> None:
    space, rng = load_space("default"), np.random.default_rng(0)
    seen: dict[str, set[int]] = {}
    for _ in range(200):
        choices = RandomChoices(rng)
        space.suggest(choices, sample_rate_hz=16_000, clip_ms=(1_000,))
        for name, value in choices.values.items():
            if name.startswith("frontend.log_mel.fmax_hz"):
                seen.setdefault(name, set()).add(int(value))
    assert seen == {"frontend.log_mel.fmax_hz": {3_800, 5_500, 7_600}}  # 8 kHz leaves one value


def test_optuna_trials_are_choices() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = load_space("default")
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(100):
        trial = study.ask()
        space.suggest(trial, sample_rate_hz=16_000, clip_ms=(1_000, 600))
        study.tell(trial, 0.0)


def test_fingerprints_are_the_same_in_another_process() -> None:
    code = (
        "import numpy as np; from nas.space import *; r=np.random.default_rng(5);"
        "s=load_space('default');"
        "c=[s.suggest(RandomChoices(r),sample_rate_hz=16000,clip_ms=(1000,)) for _ in range(20)];"
        "print(s.hash, *[x.fingerprint for x in c])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2)
    }
    assert len(runs) == 1


def test_hash_follows_what_the_space_holds(tmp_path: Path) -> None:
    text = "families:\n  ds_cnn: {}\n" + FRONTEND
    first = load_space(space_file(tmp_path, text)).hash
    assert load_space(space_file(tmp_path, "# a comment\n" + text)).hash == first
    assert load_space(space_file(tmp_path, text.replace("[40]", "[32]"))).hash != first


def test_candidates_survive_their_file(tmp_path: Path) -> None:
    space, rng = load_space("default"), np.random.default_rng(7)
    path = tmp_path / "candidate.yaml"
    for _ in range(40):
        candidate = space.suggest(RandomChoices(rng), sample_rate_hz=16_000, clip_ms=(1_000,))
        try:
            build_graph(candidate, 2)
        except ImpossibleCandidate:
            continue
        write_candidate(path, candidate)
        assert read_candidate(path) == candidate


def test_settings_of_a_kind_may_be_left_out(tmp_path: Path) -> None:
    shipped = resource_dir("search_spaces") / "candidates" / "mlperf_tiny_ds_cnn.yaml"
    path = tmp_path / "candidate.yaml"
    path.write_text(shipped.read_text().replace("  n_mels: 40\n", ""))
    assert read_candidate(path) == read_candidate(shipped)  # 40 is the usual value


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  head: gap", "  head: gap\n  kernel_5: 3x3", "network.kernel_5: has no effect"),
        ("  head: gap\n", "", "network.head is missing"),
        ("hop_ms: 20", "hop_ms: 40", ":12: frontend.hop_ms: 40 is outside 1 to 30"),
        (
            "n_mels: 40",
            "n_mels: 128",
            ":13: frontend.n_mels: 128 bands from 80 to 7600 Hz are too",
        ),
        ("n_mels: 40", "n_mel: 40", ":13: frontend.n_mel: unknown key, did you mean `n_mels`?"),
        ("n_mels: 40", "n_mels: many", ":13: frontend.n_mels: must be a whole number"),
        ("  window_ms: 30\n", "", "frontend.window_ms: missing, and required"),
        ("kind: log_mel", "kind: log_mell", ":8: frontend.kind: 'log_mell' is unknown, did you"),
        ("kind: log_mel", "kind: [a]", "known: log_mel"),
        ("clip_ms: 1000", "clip_ms: 100", "takes in 10 frames, the features have 4"),
        ("family: ds_cnn", "family: dscnn", ":6: family: 'dscnn' is unknown"),
        ("stride_1: 1x1", "stride_1: 1x0", "'1x0' is not a size"),
        ("dropout: 0.2", "dropuot: 0.2", "did you mean `dropout`?"),
    ],
)
def test_bad_candidate_files(tmp_path: Path, old: str, new: str, words: str) -> None:
    shipped = resource_dir("search_spaces") / "candidates" / "mlperf_tiny_ds_cnn.yaml"
    text = shipped.read_text()
    assert old in text
    path = tmp_path / "candidate.yaml"
    path.write_text(text.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_candidate(path)
    assert "\n" not in str(caught.value)
    assert words in str(caught.value)
    assert "candidate.yaml" in str(caught.value)
