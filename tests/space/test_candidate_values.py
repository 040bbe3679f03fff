"""Values in candidate files: what no network can have is refused, what a search has is read."""

from pathlib import Path

import numpy as np
import pytest

from nas.config import resource_dir
from nas.errors import ConfigError
from nas.space import (
    ImpossibleCandidate,
    RandomChoices,
    build_graph,
    load_space,
    read_candidate,
    write_candidate,
)

TEXT = (resource_dir("search_spaces") / "candidates/mlperf_tiny_ds_cnn.yaml").read_text("utf-8")


def changed(tmp_path: Path, key: str, value: str) -> Path:
    lines = [
        f"{line.partition(':')[0]}: {value}" if line.strip().startswith(f"{key}:") else line
        for line in TEXT.splitlines()
    ]
    path = tmp_path / "candidate.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("width_1", "-8", "-8 must be above 0"),
        ("stem_width", "0", "0 must be above 0"),
        ("stem_width", "true", "True is not a whole number"),
        ("stem_width", "64.7", "64.7 is not a whole number"),
        ("stem_width", ".nan", "nan is not a whole number"),
        ("width_2", "1_000_000", "1000000 is above 4096"),
        ("dense_units", "-4", "-4 must be at least 0"),
        ("residual", "maybe", "'maybe' is not a truth value; give true or false"),
        ("residual", "1", "1 is not a truth value; give true or false"),
        ("blocks", "", "has no value; give one, or remove the line"),
        ("blocks", "[4]", r"\[4\] is not one value; give a number, a word or a size"),
        ("kernel_1", "00x3", "'00x3' is not a size such as 3x3"),
        ("kernel_1", "3x0", "'3x0' is not a size such as 3x3"),
        ("kernel_1", "3", "'3' is not a size such as 3x3"),
        ("kernel_1", "5000x3", "'5000x3' has a side above 4096"),
        ("stride_1", "\u0661x1", ".* is not a size such as 1x1"),
        ("head", "gpa", "unknown value 'gpa'; known: gap, flatten"),
        ("blocks", "900000", "900000 is above 4096"),
    ],
)
def test_what_no_network_can_have(tmp_path: Path, key: str, value: str, why: str) -> None:
    path = changed(tmp_path, key, value)
    line = 1 + [text.strip().partition(":")[0] for text in TEXT.splitlines()].index(key)
    with pytest.raises(ConfigError, match=f"^{path}:{line}: network.{key}: {why}"):
        read_candidate(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("learning_rate", value) for value in ("true", "0", ".inf")],
        *[("batch_size", value) for value in ("0", "32.5", "true")],
        *[("dropout", value) for value in ("1.0", ".nan", "")],
        *[("weight_decay", "-0.1"), ("label_smoothing", "some")],
        *[("augment", "true"), ("spec_augment", "medium")],
    ],
)
def test_what_no_training_can_have(tmp_path: Path, key: str, value: str) -> None:
    path = changed(tmp_path, key, value)
    line = 1 + [text.strip().partition(":")[0] for text in TEXT.splitlines()].index(key)
    with pytest.raises(ConfigError, match=f"^{path}:{line}: training.{key}: "):
        read_candidate(path)


def test_a_misspelt_key_is_named_not_what_is_missing_without_it(tmp_path: Path) -> None:
    path = tmp_path / "candidate.yaml"
    path.write_text(TEXT.replace("width_1:", "widht_1:"), encoding="utf-8")
    line = 1 + TEXT[: TEXT.index("width_1:")].count("\n")
    why = "is no choice of ds_cnn, did you mean `width_1`\\?; remove it"
    with pytest.raises(ConfigError, match=f"^{path}:{line}: network.widht_1: {why}$"):
        read_candidate(path)


def test_what_comes_from_an_anchor_is_pointed_at_by_its_network(tmp_path: Path) -> None:
    path = tmp_path / "candidate.yaml"
    text = TEXT.replace("\nfrontend:\n", "\nfrontend: &one\n").replace("  blocks: 4", "  <<: *one")
    path.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("\nnetwork:")].count("\n") + 1
    with pytest.raises(ConfigError, match=f"^{path}:{line}: network.kind: is no choice of ds_cnn"):
        read_candidate(path)


@pytest.mark.parametrize(
    ("key", "value"), [("stem_width", "300"), ("width_1", "7"), ("kernel_1", "9x9")]
)
def test_what_only_a_search_would_not_try(tmp_path: Path, key: str, value: str) -> None:
    candidate = read_candidate(changed(tmp_path, key, value))
    assert str(candidate.network[key]) == value


@pytest.mark.parametrize("name", ["conv1d", "ds_cnn", "separable_conv2d", "waveform"])
def test_what_a_search_has_is_read(tmp_path: Path, name: str) -> None:
    space = load_space(name)
    for seed in range(40):
        choices = RandomChoices(np.random.default_rng(seed))
        try:
            candidate = space.suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
            build_graph(candidate, 4)
        except ImpossibleCandidate:
            continue
        write_candidate(tmp_path / "candidate.yaml", candidate)
        assert read_candidate(tmp_path / "candidate.yaml") == candidate
