"""Firmware trees: the winner's, written again to another place, or that of any `.tflite`."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nas.commands.target import front_end_of
from nas.errors import ConfigError, NasError
from nas.export.extent import vector_count
from nas.export.manifest import read_manifest
from nas.export.network_tree import export_network
from nas.export.reference import AskedRuntime
from nas.export.replacing import clear_up, replacing
from nas.export.sounds import sounds
from nas.export.tree import ExportedTree, export
from nas.graph.fold import folded
from nas.tflite import read

__all__ = ["export_model", "export_winner"]

DECISION_MS = 250
"""What a board file has where it says nothing."""


def export_winner(study_dir: Path, out: Path) -> Path:
    """Copy the firmware tree of `study_dir` to `out`, whole or not at all.

    Raises:
        ConfigError: the study has no winner, or `out` is there already.
    """
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
    clear_up(out)
    with _written(out), replacing(out) as part:
        ignored = shutil.ignore_patterns("build")
        shutil.copytree(tree, part, ignore=ignored, dirs_exist_ok=True)
    return out


def export_model(
    model: Path,
    out: Path,
    *,
    frontend: str | None = None,
    labels: list[str] | None = None,
    results: Path = Path("results"),
) -> ExportedTree:
    """Write the firmware tree of the int8 `.tflite` `model` to `out`, whole or not at all.

    Args:
        model: the file.
        out: a folder that is new or empty.
        frontend: a candidate or study whose features the model takes; the tree then listens.
        labels: one name an output; numbers if not given.
        results: the folder of studies, where `frontend` is no path.

    Raises:
        ConfigError: a file that cannot be read, an `out` that is in use or cannot be written.
        UnsupportedOpError: an op without a reader or kernel; names it, its index and its output.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ConfigError(f"{out}: is there already; choose another folder, or an empty one")
    network = folded(read(model))
    content = model.read_bytes()
    if frontend is None:
        with _written(out):
            return export_network(out, model=content, labels=labels)
    vector_count(network.graph)
    settings = front_end_of(frontend, str(model), network.graph, results)
    golden = sounds(settings)
    names = labels or [
        str(i) for i in range(network.graph.tensors[network.graph.output].size_bytes)
    ]
    runtime = AskedRuntime(content, network)
    with _written(out):
        return export(
            out,
            model=content,
            settings=settings,
            labels=names,
            golden=golden,
            candidate=None,
            decision_ms=DECISION_MS,
            runtime=runtime,
            vectors=runtime.said("noise that swells, from the front end given; no recordings"),
        )


@contextmanager
def _written(out: Path) -> Iterator[None]:
    """Say what the file system would not do, and that nothing was left."""
    try:
        yield
    except OSError as error:
        if isinstance(error, NasError):
            raise
        first = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
        raise ConfigError(
            f"{out}: cannot be written: {first or error}; nothing was left there, choose a folder "
            "with room that can be written"
        ) from None
