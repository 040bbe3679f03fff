"""`nas estimate` as it is typed: what is printed, on which stream, and the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from nas.cli import main
from tests.export.toy import toy_model
from tests.shared import reference_model
from tests.tflite.models import every_op
from tests.tflite.writer import write

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def left(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[Any, str, str]:
    """Return exit code, stdout and stderr of ``nas estimate WORDS``."""
    with pytest.raises(SystemExit) as gone:
        main(["estimate", *map(str, words)])
    said = capsys.readouterr()
    return gone.value.code, said.out, said.err


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    path = tmp_path / "toy.tflite"
    path.write_bytes(toy_model())
    return path


def test_exit_codes_and_verdict(capsys: pytest.CaptureFixture[str], toy: Path) -> None:
    code, out, _ = left(capsys, toy, "--budget", "esp32")
    assert code == 0
    assert out.splitlines()[-1].startswith("fits esp32, without its front end: tightest is ")
    code, out, _ = left(capsys, toy, "--budget", "esp32", "--limit", "ram_bytes=100")
    assert code == 4
    assert out.splitlines()[-1].startswith("does not fit esp32, without its front end: over ram")


def test_the_page_is_80_columns_wide_and_says_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = reference_model("person_detect")
    _, out, err = left(capsys, model, "--budget", "esp32")
    lines = out.splitlines()
    # The name of the file may be long: it is its own line.
    assert max(map(len, lines[1:])) <= 80
    for text in ("7,157,888", "218,928", "55,296", "241,", "300,568", "48×48×16", "depthwise"):
        assert text in out
    assert sum("peak" in line and "█" in line for line in lines) == 1
    assert "front end" in err
    assert "note: " not in out


def test_json_holds_what_is_promised(capsys: pytest.CaptureFixture[str], toy: Path) -> None:
    code, out, _ = left(capsys, toy, "--budget", "esp32", "--json")
    found = json.loads(out)
    assert code == 0
    promised = (
        "macs constant_bytes model_bytes peak_activation_bytes planned_bytes unplanned_bytes "
        "arena_bytes rom_bytes ram_bytes latency_ms fits violations ops load parts board runtime "
        "kernels latency_basis front_end"
    )
    assert set(promised.split()) <= set(found)
    row = "name op output_shape macs constant_bytes live_bytes arena_bytes cycles latency_ms"
    assert all(set(row.split()) == set(op) for op in found["ops"])
    assert (found["fits"], found["violations"]) == (True, {})
    assert found["model_bytes"] == toy.stat().st_size
    rom = sum(size for name, size in found["parts"].items() if name.startswith("rom."))
    assert rom == found["rom_bytes"]


def test_json_of_what_does_not_fit(capsys: pytest.CaptureFixture[str], toy: Path) -> None:
    code, out, _ = left(capsys, toy, "--budget", "esp32", "--limit", "macs=10", "--json")
    found = json.loads(out)
    assert code == 4
    assert found["fits"] is False
    assert found["violations"] == {"macs": found["macs"] / 10 - 1}


def test_a_guess_of_the_classes_is_said_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = left(capsys, "mlperf_tiny_ds_cnn", "--budget", "esp32", "--json")
    assert err == "note: 10 classes; --classes N says how many\n"
    assert json.loads(out)["ops"][-1]["output_shape"] == [10]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PNG, "not a .tflite file"),
        (b"", "not a .tflite file"),
        (b"<!DOCTYPE html><html></html>", "not a .tflite file"),
        (b"family: ds_cnn\n", "not a .tflite file"),
        (b"\x1c\0\0\0TFL3", "damaged .tflite file"),
    ],
)
def test_files_of_other_kinds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    code, out, err = left(capsys, path, "--budget", "esp32")
    assert (code, out) == (2, "")
    assert err.startswith(f"nas: {path}: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere.tflite", "no such file"),
        ("nothing", "no such file, study or candidate"),
        ("nothing:3", "no study there"),
        (".", "a folder without a study"),
        ("/dev/null", "not a file"),
        ("x" * 5_000, "cannot be read: File name too long"),
        ("", "a folder without a study"),
    ],
)
def test_targets_that_are_not_there(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = left(capsys, target, "--budget", "esp32")
    assert (code, out) == (2, "")
    assert err.startswith("nas: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_candidate_that_is_no_candidate(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "model.yaml"
    path.write_bytes(PNG)
    code, _, err = left(capsys, path, "--budget", "esp32")
    assert (code, err.count("\n")) == (2, 1)
    assert "not UTF-8 text" in err


def test_a_file_that_is_too_large(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    code, _, err = left(capsys, path, "--budget", "esp32")
    assert code == 2
    assert "1,073,741,824 bytes; models up to 33,554,432 bytes are read" in err


def test_an_op_that_is_not_read_is_named_with_its_layer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tensors, ops = every_op()
    ops[9].name = "HARD_SWISH"
    path = tmp_path / "model.tflite"
    path.write_bytes(write(tensors, ops))
    code, _, err = left(capsys, path, "--budget", "esp32")
    assert code == 1
    assert f"{path}: op 9 HARD_SWISH (layer t19): not read" in err


def test_without_utf8_the_page_is_ascii(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.txt"
    with page.open("w", encoding="ascii") as file:
        monkeypatch.setattr("sys.stdout", file)
        with pytest.raises(SystemExit) as gone:
            main(["estimate", str(toy), "--budget", "esp32"])
    assert gone.value.code == 0
    assert "####" in page.read_text(encoding="ascii")
