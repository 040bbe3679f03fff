"""``nas boards``: what it prints."""

import json
from pathlib import Path

import pytest

from nas.cli import main


def printed(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(("boards", *words))
    assert left.value.code == code
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_a_line_a_board(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, 0).splitlines()
    assert lines[1].split()[:5] == ["board", "core", "MHz", "flash", "RAM"]
    assert max(map(len, lines)) <= 85
    (row,) = (line.split() for line in lines if line.startswith("microbit "))
    assert row[:5] == ["microbit", "cortex-m0", "16", "256", "16"]


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    boards = {board["name"]: board for board in json.loads(printed(capsys, 0, "--json"))}
    assert len(boards) >= 13
    assert boards["microbit"]["flash_bytes"] == 262_144
    assert boards["esp32"]["limits"]["macs"] == 6_000_000


def test_a_broken_file_is_listed_with_its_line_and_the_exit_code_is_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "constraints").mkdir()
    path = tmp_path / "constraints" / "mine.yaml"
    path.write_text("board: mine\ndevice:\n  cores: 2\n")
    shown = printed(capsys, 2)
    assert f"mine: cannot be used: {path}:3: device.cores: unknown key" in shown
    assert "\nmicrobit " in shown
    (mine,) = (b for b in json.loads(printed(capsys, 2, "--json")) if b["name"] == "mine")
    assert mine["error"].startswith(f"{path}:3: ")
