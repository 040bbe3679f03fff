"""The list of boards: packaged ones, those of the working directory, and broken files."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from nas import config
from nas.budget import Budget
from nas.commands.boards import Board, LatencyBasis, Unreadable, list_boards
from nas.errors import ConfigError

MINE = """\
board: mine
device:
  core: cortex-m7
  clock_hz: 600_000_000
  flash_bytes: 8_192
  sram_bytes: 1_900
  reserved_sram_bytes: {radio: 100, rtos: 50}
  reserved_flash_bytes: 300
  contiguous_sram_bytes: 500
limits:
  load: 0.8
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "constraints"
    place.mkdir()
    return place


def test_every_packaged_board_is_listed_by_name() -> None:
    packaged = sorted(path.stem for path in config.resource_dir("constraints").glob("*.yaml"))
    assert [board.name for board in list_boards()] == packaged
    assert all(isinstance(board, Board) for board in list_boards())


def test_what_is_left_of_a_board(folder: Path) -> None:
    (folder / "mine.yaml").write_text(MINE)
    (mine,) = (board for board in list_boards() if board.name == "mine")
    assert isinstance(mine, Board)
    assert (mine.core, mine.clock_hz) == ("cortex-m7", 600_000_000)
    assert (mine.flash_bytes, mine.sram_bytes) == (8_192, 1_900)
    assert (mine.free_flash_bytes, mine.free_sram_bytes, mine.largest_block_bytes) == (
        *(8_192 - 300, 1_900 - 150),
        500,
    )
    assert mine.limits == {"rom_bytes": 7_892, "ram_bytes": 1_750, "arena_bytes": 500, "load": 0.8}


def test_the_working_directory_stands_before_the_package(folder: Path) -> None:
    (folder / "esp32.yaml").write_text(MINE)
    (folder.parent / "esp32").write_text("no board: here no name stands for a path")
    (found,) = (board for board in list_boards() if board.name == "esp32")
    assert isinstance(found, Board)
    assert found.path == str(folder / "esp32.yaml")


def test_a_broken_file_says_why_and_hides_no_other(folder: Path) -> None:
    (folder / "broken.yaml").write_text(MINE.replace("cortex-m7", "cortex-m9"))
    boards = list_boards()
    (broken,) = (board for board in boards if isinstance(board, Unreadable))
    assert broken.name == "broken"
    assert broken.error.startswith(
        f"{folder / 'broken.yaml'}:3: device.core: unknown core; known:"
    )
    assert len(boards) > 13


def test_what_latency_rests_on_is_said_where_something_is_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def basis(budget: Budget) -> SimpleNamespace:
        if budget.device.core != "cortex-m7":
            raise ConfigError("nothing known")
        return SimpleNamespace(source="counted", expected_error=0.5, extrapolated=True, note="")

    monkeypatch.setattr("nas.commands.boards.basis", basis)
    (folder / "mine.yaml").write_text(MINE)
    boards = {board.name: board for board in list_boards() if isinstance(board, Board)}
    expected = LatencyBasis(source="counted", expected_error=0.5, extrapolated=True)
    assert boards["mine"].latency == expected
    assert boards["microbit"].latency is None


def test_it_starts_without_what_is_slow() -> None:
    code = (
        "import sys, nas.cli\n"
        "try: nas.cli.main(['boards'])\n"
        "except SystemExit as left: assert left.code == 0\n"
        "slow = {'tensorflow', 'optuna', 'pandas', 'plotly', 'tf_keras', 'scipy', 'rich'}\n"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)\n"
    )
    root = config.resource_dir("constraints").parent
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert ran.stderr.strip() == "[]"
