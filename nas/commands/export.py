"""The winner's firmware tree, written again to another place."""

import hashlib
import shutil
from pathlib import Path

from nas.errors import ConfigError
from nas.export.manifest import read_manifest

__all__ = ["export_winner", "winner_tree"]


def winner_tree(study_dir: Path) -> Path:
    """Return the firmware tree of the winner of `study_dir`; raises ConfigError without one."""
    tree = study_dir / "firmware"
    if not tree.is_dir():
        raise ConfigError(f"{study_dir}: no winner yet; run its `nas search` again to the end")
    model = study_dir / "winner" / "model.tflite"
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest() if model.is_file() else None
    if read_manifest(tree)["model"]["sha256"] != sha256:
        raise ConfigError(
            f"{tree}: not of the winner, whose search was cut short or found nothing that fits; "
            "run its `nas search` again to the end"
        )
    return tree


def export_winner(study_dir: Path, out: Path) -> Path:
    """Copy the firmware tree of `study_dir` to `out`, whole or not at all.

    Raises:
        ConfigError: the study has no winner, or `out` is there already.
    """
    tree = winner_tree(study_dir)
    if out.exists():
        raise ConfigError(f"{out}: is there already; choose another folder")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(tree, part, ignore=shutil.ignore_patterns("build"))
    part.replace(out)
    return out
