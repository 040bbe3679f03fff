"""What bad input gets: one readable line on stderr and the right exit code."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from nas.cli import main

BOARD = """\
board: mine
device:
  core: cortex-m4
  clock_hz: 64_000_000
  flash_bytes: 1_048_576
  sram_bytes: 262_144
  reserved_sram_bytes: 65_536
limits:
  ram_bytes: 65_536
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NAS_CACHE_DIR", str(tmp_path / "cache"))


def refusal(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> str:
    """Return the last line on stderr of ``nas WORDS``, which must leave with `code`."""
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert not any("Traceback" in line for line in lines)
    assert lines[-1].startswith("nas: ")
    return lines[-1]


def sounds(folder: Path, **counts: int) -> str:
    for label, count in counts.items():
        (folder / label).mkdir(parents=True)
        for index in range(count):
            samples = np.random.default_rng(index).normal(0, 0.1, 8_000)
            soundfile.write(folder / label / f"{index}.wav", samples, 8_000)
    return str(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "\n  ram_bytes: 65_536",
            "\n  ram_byte: 65_536",
            "mine.yaml:9: limits.ram_byte: unknown key",
        ),
        ("\n  ram_bytes: 65_536", "\n  ram_bytes: -4", "greater than 0 (found -4)"),
        ("\n  ram_bytes: 65_536", "\n  latency_ms: 65 ms", "must be a number, without unit"),
        ("\n  ram_bytes: 65_536", "\n  load: 80", "at most 1: the share of the time"),
        ("core: cortex-m4", "core: cortex-m5", "device.core: unknown core; known: cortex-m0, "),
        ("\n  ram_bytes: 65_536", "\n  ram_bytes: 300_000", "is more than"),
        ("board: mine", "board: [", "not YAML"),
    ],
)
def test_bad_board(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, words: str
) -> None:
    (tmp_path / "mine.yaml").write_text(BOARD.replace(old, new, 1))
    line = refusal(capsys, 2, "search", "--budget", "mine.yaml")
    assert line.startswith("nas: mine.yaml:")
    assert words in line


def test_unknown_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean `esp32" in refusal(capsys, 2, "search", "--budget", "esp33")
    assert "known: " in refusal(capsys, 2, "search", "--budget", "esp32", "--space", "nope")
    assert "known: " in refusal(capsys, 2, "search", "--budget", "esp32", "--data", "nope")
    assert "nas search" in refusal(capsys, 2, "status", "nope")


def test_limit_that_cannot_be_or_is_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    line = refusal(capsys, 2, "search", "--budget", "esp32", "--limit", "load=80")
    assert "must be at most 1, as load=0.8" in line
    line = refusal(capsys, 2, "search", "--budget", "esp32", "--limit", "macs=many")
    assert "not a whole number" in line


def test_data_that_cannot_be_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    search = ("search", "--budget", "esp32", "--data")
    assert "--data-root" in refusal(capsys, 3, *search, "fsdd")
    assert "no such folder" in refusal(capsys, 3, *search, str(tmp_path / "none"))
    few = sounds(tmp_path / "few", knock=20, ring=2)
    assert "ring" in refusal(capsys, 3, *search, few)
    empty = sounds(tmp_path / "empty", knock=20, ring=0)
    assert "class ring has no clips" in refusal(capsys, 3, *search, empty)


def test_nothing_fits(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = sounds(tmp_path / "two", knock=20, ring=20)
    words = ("search", "--budget", "esp32", "--limit", "rom_bytes=3000", "--data", data)
    line = refusal(capsys, 4, *words, "--minutes", "1", "--study", "none")
    assert "rom_bytes is limited to 3,000, and the smallest reached is" in line
    assert (tmp_path / "results" / "none" / "trials.csv").is_file()


def test_bad_files_are_left_out_and_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = sounds(tmp_path / "mixed", knock=20, ring=20)
    whole = (tmp_path / "mixed/knock/0.wav").read_bytes()
    (tmp_path / "mixed/knock/cut.wav").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "mixed/ring/page.wav").write_text("<!DOCTYPE html><html></html>")
    soundfile.write(tmp_path / "mixed/ring/none.wav", np.zeros(0), 8_000)
    soundfile.write(tmp_path / "mixed/ring/nan.wav", np.full(800, np.nan), 8_000, subtype="FLOAT")
    soundfile.write(tmp_path / "mixed/knock/slow.wav", np.zeros(800), 1)
    stereo = np.zeros((44_100, 2)) + 0.01
    soundfile.write(tmp_path / "mixed/ring/wide.flac", stereo, 44_100, subtype="PCM_24")
    with pytest.raises(SystemExit) as left:
        main(("data", "check", data, "--json"))
    assert left.value.code == 0
    printed = capsys.readouterr().out
    bad = {name for name in ("cut", "page", "none", "nan", "slow", "wide") if name in printed}
    assert bad == {"cut", "page", "none", "nan", "slow"}


def test_ctrl_c_is_one_line_and_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nas.audio.load", pressed)
    line = refusal(capsys, 130, "search", "--budget", "esp32")
    assert line == "nas: interrupted; everything told is kept, the same command resumes"
    assert refusal(capsys, 130, "data", "check", "household") == "nas: interrupted"


def test_a_results_folder_that_cannot_be_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    data = sounds(tmp_path / "two", knock=20, ring=20)
    words = ("search", "--budget", "esp32", "--data", data, "--results", "file")
    line = refusal(capsys, 1, *words)
    assert "Not a directory" in line
    assert "internal error" not in line


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["search"], "Missing option '--budget'; see nas search --help"),
        (["search", "--budget", "esp32", "--nope"], "No such option: --nope"),
        (["nope"], "No such command 'nope'; see nas --help"),
        (["serch"], "Did you mean 'search'; see nas --help"),
        (["data", "check"], "Missing argument 'name'; see nas data check --help"),
        (["search", "--budget", "esp32", "--minutes", "0.1"], "Invalid value for '--minutes'"),
        (["search", "--budget", "esp32", "--seed", "many"], "Invalid value for '--seed'"),
    ],
)
def test_misuse_is_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], line: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nas: ")
    assert said.err.count("\n") == 1
    assert line in said.err
    assert said.err.endswith(" --help\n")


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["--help"], 0, "COMMAND [ARGS]"),
        (["search", "-h"], 0, "--budget"),
        (["--version"], 0, "nas "),
        ([], 2, "COMMAND [ARGS]"),
        (["data"], 2, "COMMAND [ARGS]"),
    ],
)
def test_help_is_on_stdout(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, shown: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == code
    said = capsys.readouterr()
    assert shown in said.out
    assert said.err.strip() == ""
