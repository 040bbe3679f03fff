"""The main job, whole, on small recordings: what it leaves, what it proves, how it resumes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nas.export.built import built_cost
from nas.search import read_records
from nas.space import read_candidate
from tests.integration.sounds import write_tones
from tests.tools import require

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
CORE = ("xtensa-lx6", "xtensa-lx106")
"""Of the ESP32, and of the compiler that stands in for it."""
QUANTITIES = (
    "rom_bytes",
    "ram_bytes",
    "macs",
    "constant_bytes",
    "arena_bytes",
    "peak_activation_bytes",
    "model_bytes",
    "latency_ms",
    "load",
)
TOLERATED = 0.03
SPACE = """
families:
  ds_cnn: {}
frontend:
  sample_rate_hz: [8000]
  clip_ms: [500]
  window_ms: [32]
  hop_ms: [16, 25]
  kinds:
    log_mel: {n_mels: [16], fmin_hz: [80], fmax_hz: [3800], normalise: [per_channel]}
training:
  learning_rate: {low: 2.0e-3, high: 1.0e-2, log: true}
  batch_size: [32]
  dropout: {low: 0.0, high: 0.2, step: 0.1}
  weight_decay: [1.0e-4]
  label_smoothing: [0.0]
  augment: [light]
  spec_augment: ["off"]
"""


def nas(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY),
        "NAS_CACHE_DIR": str(folder / "cache"),
    }
    return subprocess.run(
        [sys.executable, "-m", "nas.cli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], str]:
    folder = tmp_path_factory.mktemp("main job")
    write_tones(folder / "tones")
    (folder / "small.yaml").write_text(SPACE)
    command = ["search", "--budget", "esp32.yaml", "--data", "tones", "--space", "small.yaml"]
    command += ["--trials", "2", "--minutes", "2", "--workers", "2", "--study", "tones"]
    done = nas(folder, *command)
    assert done.returncode == 0, done.stderr
    return folder, command, done.stdout


def test_what_a_search_leaves(searched: tuple[Path, list[str], str]) -> None:
    folder, _, printed = searched
    study = folder / "results" / "tones"
    for name in (
        "study.json",
        "journal.log",
        "trials.csv",
        "front.csv",
        "bad_files.csv",
        "report.html",
        "worker-0.log",
        "winner/model.tflite",
        "winner/candidate.yaml",
        "firmware/generated/model.c",
        "firmware/generated/frontend_tables.c",
    ):
        assert (study / name).is_file(), name
    result = json.loads((study / "winner" / "result.json").read_text())
    assert result["test"]["int8_accuracy"] > 0.8  # chance is a third; the pitches are far apart
    assert result["test"]["n"] == len(result["test"]["right"])
    assert printed.rstrip().splitlines()[-4] == "next:"


def test_thresholds_come_from_validation_and_travel_with_the_tree(
    searched: tuple[Path, list[str], str],
) -> None:
    study = searched[0] / "results" / "tones"
    result = json.loads((study / "winner" / "result.json").read_text())
    manifest = json.loads((study / "firmware/generated/manifest.json").read_text())
    assert manifest["detection"] == result["detection"]
    assert result["detection"]["source"] == "validation"
    thresholds = result["detection"]["thresholds"]
    assert [one["label"] for one in thresholds] == result["labels"]
    assert all(one["probability"] >= 0.5 and one["n"] > 0 for one in thresholds)
    header = (study / "firmware/generated/detector.h").read_text()
    listed = ", ".join(str(one["threshold"]) for one in thresholds)
    assert f"NAS_DETECTOR_THRESHOLDS {{{listed}}}" in header


def test_the_winner_hears_recordings_by_its_study_s_name(
    searched: tuple[Path, list[str], str],
) -> None:
    folder = searched[0]
    done = nas(folder, "run", "tones", "tones", "--clips", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    right = [row["label"] == Path(row["source"]).parent.name for row in rows]
    assert sum(right) / len(right) > 0.8
    study = folder / "results" / "tones"
    result = json.loads((study / "winner" / "result.json").read_text())
    (trial,) = (one for one in read_records(study) if one.number == result["trial"])
    assert trial.candidate is not None
    origins = {(row["study"], row["trial"], row["fingerprint"]) for row in rows}
    assert origins == {("tones", trial.number, trial.candidate.fingerprint)}


def test_what_the_front_end_learnt_ships(searched: tuple[Path, list[str], str]) -> None:
    """Learnt once, by name in the trial, by value in the winner, its file and its tree."""
    study = searched[0] / "results" / "tones"
    result = json.loads((study / "winner" / "result.json").read_text())
    manifest = json.loads((study / "firmware" / "generated" / "manifest.json").read_text())
    (trial,) = (one for one in read_records(study) if one.number == result["trial"])
    assert trial.candidate is not None
    assert trial.candidate.frontend.is_unlearnt
    settings = read_candidate(study / "winner" / "candidate.yaml").frontend
    assert len(settings.to_dict()["channel_gains"]) == settings.n_bins == 16
    assert result["candidate"]["frontend"] == manifest["frontend"] == settings.to_dict()


def over_its_price(priced: dict[str, Any], built: dict[str, Any]) -> dict[str, float]:
    """Return by which part of its price each quantity costs more than `TOLERATED` above it."""
    ratios = {name: built[name] / priced[name] - 1.0 for name in QUANTITIES}
    return {name: ratio for name, ratio in ratios.items() if ratio > TOLERATED}


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_quantity_over_its_price_is_found(quantity: str) -> None:
    priced = dict.fromkeys(QUANTITIES, 1_000)
    assert over_its_price(priced, {**priced, quantity: 1_029}) == {}
    assert list(over_its_price(priced, {**priced, quantity: 1_031})) == [quantity]


def test_the_shipped_model_costs_no_more_than_its_trial_was_priced(
    searched: tuple[Path, list[str], str],
) -> None:
    """What was compiled, with the board's own cross compiler, beside the price before training."""
    require("xtensa-lx106-elf-gcc", package="gcc-xtensa-lx106")
    study = searched[0] / "results" / "tones"
    result = json.loads((study / "winner" / "result.json").read_text())
    (trial,) = (one for one in read_records(study) if one.number == result["trial"])
    assert trial.cost is not None
    assert result["estimated"] == trial.cost.to_dict()
    assert (result["built"]["core"], result["built"]["compiled_for"]) == CORE
    assert result["built"]["compiler"].startswith("xtensa-lx106-elf-gcc")
    assert over_its_price(result["estimated"], result["built"]) == {}


def test_the_costs_that_are_told_are_those_of_the_tree_that_ships(
    searched: tuple[Path, list[str], str],
) -> None:
    require("xtensa-lx106-elf-gcc", package="gcc-xtensa-lx106")
    study = searched[0] / "results" / "tones"
    told = json.loads((study / "winner" / "result.json").read_text())["built"]
    compiled = built_cost(study / "firmware", CORE[0])
    assert {key: told[key] for key in compiled} == compiled
    assert told.keys() - compiled.keys() == {"latency_ms", "load"}
    assert told["model_bytes"] == (study / "winner" / "model.tflite").stat().st_size


def test_exported_tree_proves_itself(searched: tuple[Path, list[str], str]) -> None:
    require("make", package="make")
    folder, _, _ = searched
    tree = folder / "results" / "tones" / "firmware"
    made = subprocess.run(["make"], cwd=tree, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def test_same_command_resumes_and_keeps_every_trial(
    searched: tuple[Path, list[str], str],
) -> None:
    folder, command, _ = searched
    journal = folder / "results" / "tones" / "journal.log"
    before = journal.read_bytes()
    again = nas(folder, *command)
    assert again.returncode == 0, again.stderr
    assert journal.read_bytes().startswith(before)


def test_other_data_is_refused(searched: tuple[Path, list[str], str]) -> None:
    folder, command, _ = searched
    write_tones(folder / "others", clips=24)
    refused = nas(
        folder, *(word if word != "tones" else "others" for word in command[:-1]), "tones"
    )
    assert refused.returncode == 2
    assert "data_digest" in refused.stderr
    assert len(refused.stderr.strip().splitlines()[-1]) > 0


def test_commands_that_read_the_study(searched: tuple[Path, list[str], str]) -> None:
    folder, _, _ = searched
    status = nas(folder, "status", "tones", "--json")
    assert json.loads(status.stdout)["by_state"]
    assert nas(folder, "report", "tones").stdout.strip().endswith("report.html")
    assert nas(folder, "export", "tones", "tree").returncode == 0
    assert (folder / "tree" / "generated" / "model.c").is_file()
