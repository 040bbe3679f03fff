"""Firmware trees: the winner's, written again to another place, or that of any `.tflite`."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nas import config
from nas.commands.target import front_end_of
from nas.commands.winner import read_winner
from nas.errors import ConfigError
from nas.export.extent import vector_count
from nas.export.layouts import choose
from nas.export.network_tree import export_network
from nas.export.reference import AskedRuntime
from nas.export.sounds import sounds
from nas.export.tree import ExportedTree, export
from nas.files import shown
from nas.frontend import FrontEndSettings
from nas.graph.fold import folded
from nas.tflite import read

__all__ = ["export_model", "export_winner"]

DECISION_MS = 250
"""What a board file has where it says nothing."""


def export_winner(
    study_dir: Path, out: Path, targets: Sequence[str] | None = None
) -> ExportedTree:
    """Write the firmware tree of the winner of `study_dir` to `out`, whole or not at all.

    The sources are this version's, whichever version the study is of; the golden clips are those
    of the study's own tree.

    Args:
        study_dir: a study with a winner.
        out: a folder that is new or empty.
        targets: build systems to leave drop-in trees for (`nas.export.layouts`); all by default.

    Raises:
        ConfigError: the study has no winner, `out` is in use or cannot be written, or there is no
            such target.
        CheckError: this version computes other features than the winner was trained on.
    """
    choose(targets)
    _check_place(out, study_dir / "firmware")
    found = read_winner(study_dir)
    with _written(out):
        return export(
            out,
            model=found.model,
            settings=found.settings,
            labels=found.labels,
            golden=found.clips,
            candidate=found.candidate,
            decision_ms=found.decision_ms,
            audio_ring_hops=found.audio_ring_hops,
            detection=found.detection,
            vectors=found.vectors,
            targets=targets,
        )


def export_model(
    model: Path,
    out: Path,
    *,
    frontend: str | None = None,
    labels: list[str] | None = None,
    targets: Sequence[str] | None = None,
    results: Path = Path("results"),
) -> ExportedTree:
    """Write the firmware tree of the int8 `.tflite` `model` to `out`, whole or not at all.

    Args:
        model: the file.
        out: a folder that is new or empty.
        frontend: a candidate or study whose features the model takes; the tree then listens.
        labels: one name an output; numbers if not given.
        targets: as `export_winner` takes them; a network alone has none.
        results: the folder of studies, where `frontend` is no path.

    Raises:
        ConfigError: a file that cannot be read, an `out` that is in use or cannot be written.
        UnsupportedOpError: an op without a reader or kernel; names it, its index and its output.
    """
    _check_place(out)
    network = folded(read(model))
    content = model.read_bytes()
    choose(targets)
    if frontend is None:
        _check_alone(model, targets)
        with _written(out):
            return export_network(out, model=content, labels=labels)
    vector_count(network.graph)
    settings = front_end_of(frontend, str(model), network.graph, results)
    _check_learnt(frontend, settings)
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
            targets=targets,
            runtime=runtime,
            vectors=runtime.said("noise that swells, from the front end given; no recordings"),
        )


def _check_alone(model: Path, targets: Sequence[str] | None) -> None:
    """Hold a network without a front end free of targets: all of them listen."""
    if targets:
        raise ConfigError(f"--target {targets[0]}: {model} has no front end; add --frontend")


def _check_learnt(frontend: str, settings: FrontEndSettings) -> None:
    if settings.is_unlearnt:
        raise ConfigError(
            f"--frontend {frontend}: its normalisation has learnt nothing; give the study or "
            "training of the model, which keep what it learnt"
        )


def _check_place(out: Path, *sources: Path) -> None:
    """Hold `out` new or empty, and outside of what is copied or replaced as a whole."""
    with _written(out):
        used = out.exists() and not (out.is_dir() and not any(out.iterdir()))
        whole = Path(os.path.realpath(out))
    for source in (config.resource_dir("firmware"), *sources):
        if whole.is_relative_to(os.path.realpath(source)):
            raise ConfigError(f"{shown(out)}: lies inside {source}; choose a folder outside of it")
    if used:
        raise ConfigError(
            f"{shown(out)}: is there already; choose another folder, or an empty one"
        )


@contextmanager
def _written(out: Path) -> Iterator[None]:
    """Say what the file system would not do at `out`; what it would not elsewhere passes."""
    try:
        yield
    except OSError as error:
        names = (error.filename, error.filename2)
        if not any(isinstance(name, str) and _of(out, name) for name in names):
            raise
        raise ConfigError(
            f"{shown(out)}: cannot be written: {error.strerror}; nothing was left there, choose a "
            "folder with room that can be written"
        ) from None


def _of(out: Path, name: str) -> bool:
    """Tell whether `name` is `out`, in it, above it, or where it is written at first."""
    place, path = Path(os.path.abspath(out)), Path(os.path.abspath(name))  # noqa: PTH100
    if path in place.parents:
        return True
    beside = path.relative_to(place.parent).parts if path.is_relative_to(place.parent) else ()
    return bool(beside) and (beside[0] == place.name or beside[0].startswith(f".{place.name}."))
