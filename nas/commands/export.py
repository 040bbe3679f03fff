"""The winner's firmware tree, written again to another place."""

import shutil
from pathlib import Path

from nas.errors import ConfigError
from nas.export.manifest import read_manifest

__all__ = ["export_winner"]


def export_winner(study_dir: Path, out: Path) -> Path:
    """Copy the firmware tree of `study_dir` to `out`, whole or not at all.

    Raises:
        ConfigError: the study has no winner, or `out` is there already.
    """
    tree = study_dir / "firmware"
    if not tree.is_dir():
        raise ConfigError(f"{study_dir}: no winner yet; run its `nas search` again to the end")
    read_manifest(tree)
    if out.exists():
        raise ConfigError(f"{out}: is there already; choose another folder")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(tree, part, ignore=shutil.ignore_patterns("build"))
    part.replace(out)
    return out
