"""The winner's firmware tree, written again to another place."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from nas.errors import ConfigError
from nas.export.layouts import choose, write_targets
from nas.export.manifest import read_manifest

__all__ = ["export_winner"]


def export_winner(study_dir: Path, out: Path, targets: Sequence[str] | None = None) -> Path:
    """Copy the firmware tree of `study_dir` to `out`, whole or not at all.

    Args:
        study_dir: a study with a winner.
        out: the new folder.
        targets: build systems to leave drop-in trees for (`nas.export.layouts`); all by default.

    Raises:
        ConfigError: the study has no winner, `out` is there already, or there is no such target.
    """
    choose(targets)
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
    if out.exists():
        raise ConfigError(f"{out}: is there already; choose another folder")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        shutil.copytree(tree, part, ignore=shutil.ignore_patterns("build"))
        write_targets(part, targets)
        part.replace(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return out
