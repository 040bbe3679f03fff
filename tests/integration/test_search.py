"""The main job, whole, on small recordings: what it leaves, what it proves, how it resumes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.sounds import write_tones
from tests.tools import require

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
SPACE = """
families:
  ds_cnn: {}
frontend:
  sample_rate_hz: [8000]
  clip_ms: [500]
  window_ms: [32]
  hop_ms: [16, 25]
  kinds:
    log_mel: {n_mels: [16], fmin_hz: [80], fmax_hz: [3800]}
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


def test_built_costs_stay_near_the_estimate(searched: tuple[Path, list[str], str]) -> None:
    folder, _, _ = searched
    result = json.loads((folder / "results/tones/winner/result.json").read_text())
    for quantity in ("rom_bytes", "ram_bytes", "macs", "constant_bytes", "arena_bytes"):
        ratio = result["built"][quantity] / result["estimated"][quantity]
        assert ratio < 1.03, f"{quantity}: built {ratio:.3f} of the estimate"


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
