"""What `nas estimate` is asked about: a `.tflite`, a study, a trial of one, a candidate file.

model.tflite          a network alone; the file does not tell its front end
STUDY                 the winner of a study, or what `nas train` left
STUDY:46              trial 46 of a study
mlperf_tiny_ds_cnn    a candidate: a YAML file, or a name in search_spaces/candidates
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas import config
from nas.commands.studies import find_study, read_json, results_of
from nas.errors import ConfigError
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from nas.search.stored import stored_attributes

if TYPE_CHECKING:
    from nas.space import Candidate

__all__ = ["Target", "find_target", "front_end_of"]

CANDIDATES = "search_spaces/candidates"
DEFAULT_CLASSES = 10
MOST_CLASSES = 1_000


@dataclass(frozen=True, kw_only=True)
class Target:
    """A network, and what is known of it.

    Attributes:
        name: as it was asked for.
        kind: tflite, winner, training, trial or candidate.
        graph: the network.
        settings: its front end; None where that is not known.
        model_bytes: length of its `.tflite`, where there is one.
        constant_bytes: stored in its `.tflite`, where there is one.
        notes: what to know about it.
    """

    name: str
    kind: str
    graph: Graph
    settings: FrontEndSettings | None = None
    model_bytes: int | None = None
    constant_bytes: int | None = None
    notes: tuple[str, ...] = ()


def find_target(
    name: str, *, results: Path, classes: int | None = None, frontend: str | None = None
) -> Target:
    """Return what `name` stands for.

    Args:
        name: see the module.
        results: the folder of studies, where `name` is no path.
        classes: how many a candidate file tells apart; 10 if not given.
        frontend: a candidate or study whose front end feeds a `.tflite`.

    Raises:
        ConfigError: nothing of that name, or nothing that can be read.
        UnsupportedOpError: an op of a `.tflite` that is not read.
    """
    kind, place = _resolve(name, results)
    if frontend is not None and kind != "tflite":
        raise ConfigError(f"--frontend {frontend}: {name} has its own; it is for a .tflite")
    if classes is not None and kind != "candidate":
        raise ConfigError(f"--classes {classes}: {name} has its own; it is for a candidate file")
    if kind == "tflite":
        return _with_front_end(_model(name, place), frontend, results)
    if kind == "candidate":
        return _candidate(name, place, classes)
    return _trial(name, place) if kind == "trial" else _result(name, place)


def _resolve(name: str, results: Path) -> tuple[str, Path]:
    """Return what kind of target `name` is, and where it lies."""
    try:
        return _found(name, results)
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from None


def _found(name: str, results: Path) -> tuple[str, Path]:
    path = Path(name)
    study, colon, number = name.rpartition(":")
    if path.exists() and not path.is_dir():
        return ("candidate" if path.suffix in (".yaml", ".yml") else "tflite"), path
    if colon and number.isdecimal():
        return "trial", find_study(Path(study), results)
    if path.suffix == ".tflite":
        raise ConfigError(f"{name}: no such file; give the path of a .tflite")
    for folder in (path, results / path):
        if any((folder / inside).is_file() for inside in ("study.json", "result.json")):
            return "result", folder
    if path.is_dir():
        raise ConfigError(f"{name}: a folder without a study; give a study, or a file in it")
    if path.stem in config.available(CANDIDATES):
        return "candidate", config.resolve(CANDIDATES, name)
    raise ConfigError(_unknown(name, results))


def _unknown(name: str, results: Path) -> str:
    studies = sorted({path.parent.name for path in results.glob("*/study.json")})
    return (
        f"{name}: no such file, study or candidate; give a .tflite, STUDY, STUDY:TRIAL or a "
        f"candidate; studies in {results}/: {', '.join(studies) or 'none'}; candidates: "
        f"{', '.join(config.available(CANDIDATES)) or 'none'}"
    )


def _model(name: str, path: Path) -> Target:
    from nas.tflite import read_stored

    stored = read_stored(path)
    notes = []
    if stored.shape_ops:
        names = ", ".join(stored.shape_ops)
        notes.append(f"{names} compute shapes: our C does without; under tflm not counted")
    return Target(
        name=name,
        kind="tflite",
        graph=stored.network.graph,
        model_bytes=stored.model_bytes,
        constant_bytes=stored.constant_bytes,
        notes=tuple(notes),
    )


def _with_front_end(model: Target, frontend: str | None, results: Path) -> Target:
    if frontend is None:
        note = "a .tflite does not say its front end: its ROM, RAM and time are not counted"
        return replace(model, notes=(*model.notes, f"{note}; --frontend CANDIDATE counts one"))
    return replace(model, settings=front_end_of(frontend, model.name, model.graph, results))


def front_end_of(frontend: str, name: str, graph: Graph, results: Path) -> FrontEndSettings:
    """Return the front end of candidate or study `frontend`, which feeds the network `name`.

    Raises:
        ConfigError: there is none, or it makes another number of features.
    """
    settings = find_target(frontend, results=results).settings
    if settings is None:
        raise ConfigError(f"--frontend {frontend}: a .tflite has none; give a candidate or study")
    made = settings.n_frames * settings.n_bins
    taken = prod(graph.tensors[graph.input].shape)
    if made != taken:
        raise ConfigError(
            f"--frontend {frontend}: makes {settings.n_frames} x {settings.n_bins} features, and "
            f"{name} takes {taken:,}; give the one it was trained with"
        )
    return settings


def _candidate(name: str, path: Path, classes: int | None) -> Target:
    from nas.space import read_candidate

    candidate = read_candidate(path)
    known = classes or _classes_beside(path)
    if known is None:
        note = f"{DEFAULT_CLASSES} classes; --classes N says how many"
        return _built(name, "candidate", candidate, DEFAULT_CLASSES, notes=(note,))
    if not 2 <= known <= MOST_CLASSES:
        raise ConfigError(f"--classes {known}: give 2 to {MOST_CLASSES}")
    return _built(name, "candidate", candidate, known)


def _classes_beside(path: Path) -> int | None:
    """Return the classes of the training that left the file, if its result lies beside it."""
    result = path.with_name("result.json")
    labels = read_json(result).get("labels") if result.is_file() else None
    return len(labels) if isinstance(labels, list) else None


def _trial(name: str, folder: Path) -> Target:
    number = int(name.rpartition(":")[2])
    kept = stored_attributes(folder, number)
    identity = read_json(folder / "study.json").get("identity")
    classes = identity.get("n_classes") if isinstance(identity, dict) else None
    if not isinstance(classes, int):
        raise ConfigError(
            f"{folder}/study.json: no identity.n_classes; not a study of `nas search`"
        )
    return _built(name, "trial", _kept(kept, f"{folder}: trial {number}"), classes)


def _result(name: str, folder: Path) -> Target:
    """Return the winner of a study, or a training."""
    inside = folder if (folder / "result.json").is_file() else folder / "winner"
    if not (inside / "result.json").is_file():
        raise ConfigError(f"{folder}: has no winner yet; name a trial, as {name}:0")
    result, model = results_of(inside), inside / "model.tflite"
    labels = result.get("labels")
    if not isinstance(labels, list):
        raise ConfigError(f"{inside}/result.json: no list of labels; not a result of nas")
    kind = "winner" if inside.name == "winner" else "training"
    target = _built(name, kind, _kept(result, f"{inside}/result.json"), len(labels))
    return replace(target, model_bytes=model.stat().st_size if model.is_file() else None)


def _built(
    name: str, kind: str, candidate: "Candidate", classes: int, *, notes: tuple[str, ...] = ()
) -> Target:
    from nas.space import ImpossibleCandidate, build_graph

    try:
        graph = build_graph(candidate, classes)
    except ImpossibleCandidate as error:
        raise ConfigError(f"{name}: its choices make no network: {error}") from None
    return Target(name=name, kind=kind, graph=graph, settings=candidate.frontend, notes=notes)


def _kept(kept: Mapping[str, Any], where: str) -> "Candidate":
    """Return the candidate that a result or trial keeps, which may be damaged."""
    from nas.space import Candidate

    try:
        return Candidate.from_dict(kept["candidate"])
    except ConfigError as error:
        raise ConfigError(f"{where}: keeps no candidate that can be built: {error}") from None
    except (LookupError, TypeError, ValueError, AttributeError):
        raise ConfigError(f"{where}: keeps no candidate that can be built") from None
