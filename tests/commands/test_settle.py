"""What happens between the trained finalists and the winner, on numbers and small files."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from nas.budget import load_budget
from nas.budget.cores import Runtime
from nas.commands import crown
from nas.commands.crown import _contender, _crown, _over, _tested
from nas.commands.export import export_winner
from nas.commands.finalists import _done
from nas.commands.jobs import FinalistJob
from nas.commands.read import compare
from nas.commands.studies import read_json
from nas.errors import ConfigError
from nas.export import manifest
from nas.files import write_json
from nas.frontend import LogMelSettings
from tests.shared import reference_model

LIMITS = ["rom_bytes=1000", "ram_bytes=1000", "macs=1000"]
BUILT = {"rom_bytes": 1_001, "ram_bytes": 900, "macs": 900}


def test_what_the_board_cannot_hold_is_over() -> None:
    budget = load_budget("esp32", LIMITS)
    assert _over({**BUILT, "compiled_for": "xtensa-lx106"}, budget) == "rom_bytes 1,001 of 1,000"


def test_sizes_of_this_computer_are_not_held_against_the_board() -> None:
    budget = load_budget("esp32", LIMITS)
    assert _over({**BUILT, "compiled_for": "host"}, budget) == ""
    over = _over({**BUILT, "macs": 1_001, "compiled_for": "host"}, budget)
    assert over == "macs 1,001 of 1,000"


def test_what_a_compiler_does_not_tell_is_not_held_against_what_was_built() -> None:
    budget = load_budget("esp32", [*LIMITS, "latency_ms=1.5", "load=0.5", "arena_bytes=800"])
    built = {**BUILT, "rom_bytes": 1_000, "arena_bytes": 801, "compiled_for": "host"}
    assert _over(built, budget) == "arena_bytes 801 of 800"


def test_the_share_of_the_board_is_of_what_is_known() -> None:
    budget = load_budget("esp32", [*LIMITS, "latency_ms=100", "load=0.5"])
    used = {"rom_bytes": 500, "ram_bytes": 600, "macs": 1, "arena_bytes": 1, "load": None}
    result = {"int8": {"val_loss": 0.5, "val_loss_error": 0.1}, "estimated": used}
    assert _contender(result, budget, 0).share == 0.6
    result["estimated"] = {**used, "latency_ms": 70.0}
    assert _contender(result, budget, 0).share == 0.7


def test_a_finalist_of_another_length_is_trained_again(tmp_path: Path) -> None:
    write_json(tmp_path / "result.json", {"epochs": 30, "qat_epochs": 3})
    short = SimpleNamespace(out_dir=tmp_path, epochs=30, qat_epochs=3)
    assert _done(cast(FinalistJob, short)) == {"epochs": 30, "qat_epochs": 3}
    long = SimpleNamespace(out_dir=tmp_path, epochs=60, qat_epochs=4)
    assert _done(cast(FinalistJob, long)) is None


def test_the_test_split_is_read_once_for_a_model(tmp_path: Path) -> None:
    assert _tested(tmp_path, b"model") is None
    write_json(tmp_path / "result.json", {"test": {"n": 9}})
    assert _tested(tmp_path, b"model") is None
    (tmp_path / "model.tflite").write_bytes(b"model")
    assert _tested(tmp_path, b"model") == {"n": 9}
    assert _tested(tmp_path, b"other") is None


@pytest.fixture
def crowned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is left of a winner, by trial; the test split scores one hundredth of it."""
    monkeypatch.setattr(crown, "candidate_of", lambda found: found)
    monkeypatch.setattr(crown, "write_candidate", lambda *_: None)
    monkeypatch.setattr(crown, "_memory", lambda *_: [])
    score = {"n": 9}

    def tested(source: Path, *_: Any) -> dict[str, Any]:
        return score | {"int8_accuracy": int(source.name.split("-")[0]) / 100}

    monkeypatch.setattr(crown, "float_and_int8_test", tested)

    def win(trial: int) -> dict[str, Any]:
        folder = tmp_path / "finalists" / f"{trial}-s0"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.tflite").write_bytes(b"model %d" % trial)
        result = {"trial": trial, "seed": 0, "candidate": {}}
        _crown(tmp_path, result, cast(Any, None), "c")
        kept: dict[str, Any] = read_json(tmp_path / "winner" / "result.json")
        return kept

    return win


def test_every_reading_of_the_test_split_is_kept(crowned: Any, tmp_path: Path) -> None:
    assert len(crowned(91)["test_reads"]) == 1
    assert len(crowned(91)["test_reads"]) == 1  # the same model: its scores are kept
    (tmp_path / "winner" / "result.json").unlink()  # killed between two winners
    reads = crowned(93)["test_reads"]
    assert [(one["trial"], one["seed"], one["int8_accuracy"]) for one in reads] == [
        (91, 0, 0.91),
        (93, 0, 0.93),
    ]
    assert reads[1]["model_sha256"] == hashlib.sha256(b"model 93").hexdigest()
    assert all(one["time"].endswith("+00:00") for one in reads)


def test_a_reading_of_a_version_without_the_list_counts(crowned: Any, tmp_path: Path) -> None:
    old = {"trial": 90, "seed": 0, "test": {"int8_accuracy": 0.9}}
    write_json(tmp_path / "winner" / "result.json", old)
    (tmp_path / "winner" / "model.tflite").write_bytes(b"model 90")
    reads = crowned(91)["test_reads"]
    assert [(one["trial"], one["time"] is None) for one in reads] == [(90, True), (91, False)]


def test_a_tree_that_is_not_the_winners_is_not_exported(tmp_path: Path) -> None:
    record: dict[str, Any] = {"format": manifest.FORMAT, "model": {"sha256": "of another"}}
    write_json(tmp_path / "firmware" / manifest.MANIFEST, record)
    for model in (None, b"the winner"):
        if model:
            (tmp_path / "winner").mkdir()
            (tmp_path / "winner" / "model.tflite").write_bytes(model)
        with pytest.raises(ConfigError, match="not of the winner"):
            export_winner(tmp_path, tmp_path / "out")


def test_results_on_other_clips_are_not_compared(tmp_path: Path) -> None:
    test = {"n": 2, "right": [1, 0]}
    for name, digest in (("a", "one"), ("b", "two"), ("c", "one")):
        result = {"labels": ["x"], "data_digest": digest, "test": test, "estimated": {"macs": 5}}
        write_json(tmp_path / name / "result.json", result)
    assert compare(tmp_path / "a", tmp_path / "c").difference == 0
    with pytest.raises(ConfigError, match="other clips"):
        compare(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize("runtime", ["c", "tflm"])
def test_time_and_everything_of_tflm_are_priced_again(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A published network stands in for a winner."""
    model = reference_model("kws").read_bytes()
    budget = load_budget("esp32", [], runtime=runtime)
    monkeypatch.setattr(crown, "built_cost", lambda *_: {"rom_bytes": 1, "compiled_for": "here"})
    network = crown.read(reference_model("kws")).graph
    priced = crown.price(network, LogMelSettings(), budget, file_bytes=len(model))
    built = crown._built(tmp_path, priced, budget)
    assert built["load"] > 0
    if runtime == "c":
        assert (built["rom_bytes"], built["compiled_for"]) == (1, "here")
    else:
        assert (built["model_bytes"], built["macs"]) == (len(model), 2_656_768)
        assert built["latency_ms"] == pytest.approx(162.3, rel=0.1)  # measured, network alone
        assert (built["compiled_for"], built["core"]) == ("tflm", "xtensa-lx6")
