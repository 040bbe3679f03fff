"""Exports killed at any step, and what the next one makes of what they left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nas.export.manifest import FORMAT
from nas.export.replacing import clear_up, replacing

KILLED = """
import os, signal, sys
from pathlib import Path
from nas.export import replacing

rename, calls, kill_at = Path.replace, [], int(sys.argv[2])

def dying(self, target):
    calls.append(1)
    if len(calls) == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)

Path.replace = dying
replacing.shutil.rmtree = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with replacing.replacing(Path(sys.argv[1])) as part:
    (part / "new.txt").write_text("new")
    os.kill(os.getpid(), signal.SIGKILL) if kill_at == 0 else None
os.kill(os.getpid(), signal.SIGKILL)
"""


def tree(folder: Path, text: str) -> Path:
    """Write the least that passes for an exported tree."""
    (folder / "generated").mkdir(parents=True)
    (folder / "generated/manifest.json").write_text(json.dumps({"format": FORMAT}))
    (folder / "text").write_text(text)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("kill_at", "there"), [(0, True), (1, True), (2, False), (3, True)])
def test_after_a_kill_the_old_tree_is_there_or_comes_back(
    tmp_path: Path, kill_at: int, there: bool
) -> None:
    """Killed while writing, before either rename, and before the old tree is removed."""
    out = tree(tmp_path / "firmware", "old")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(out), str(kill_at)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert done.returncode == -signal.SIGKILL
    assert out.exists() == there
    assert len(names(tmp_path)) == 1 + there
    clear_up(out)
    assert names(tmp_path) == ["firmware"]
    assert names(out) == (["new.txt"] if kill_at == 3 else ["generated", "text"])


def test_the_folders_of_others_are_left(tmp_path: Path) -> None:
    out = tree(tmp_path / "firmware", "kept")
    for name in (".firmware.backup/new", ".firmware.abcd1234/notes", ".firmware.abcd5678",
                 "firmware.abcd1234/new", ".other.abcd1234/new", ".firmware.a.bcd1234/old",
                 ".firmware.abcdef12/new"):  # fmt: skip
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".firmware.abcdef12/thesis.txt").write_text("mine")
    before = names(tmp_path)
    clear_up(out)
    assert names(tmp_path) == before
    clear_up(tmp_path / "absent" / "firmware")


def test_an_export_under_way_is_left(tmp_path: Path) -> None:
    out = tmp_path / "firmware"
    with replacing(out) as part:
        clear_up(out)
        (part / "text").write_text("whole")
    assert names(tmp_path) == ["firmware"]
    assert (out / "text").read_text() == "whole"


def test_what_is_no_tree_any_more_is_not_put_back(tmp_path: Path) -> None:
    """Killed while the old tree was being removed; then the new one went away."""
    (tmp_path / ".firmware.abcd1234/old/kernels").mkdir(parents=True)
    clear_up(tmp_path / "firmware")
    assert names(tmp_path) == []
