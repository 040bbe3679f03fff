"""What a study keeps of its winner: the exported tree, and all that another is made of."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nas.commands.studies import read_json
from nas.detector import Detection
from nas.errors import CheckError, ConfigError, NasError
from nas.export.golden import Golden, read_vectors, warm_features
from nas.export.manifest import MANIFEST, read_manifest
from nas.frontend import FrontEndSettings, settings_of

__all__ = ["Winner", "read_winner", "winner_tree"]

VECTORS = "generated/test_vectors.c"
AGAIN = "run its `nas search` again to the end"

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Winner:
    """What a tree of the winner is made of; any version's study has it.

    Attributes:
        model: the `.tflite`.
        settings: its front end, with what it learnt.
        labels: one an output.
        candidate: as `result.json` keeps it.
        detection: thresholds tuned on validation; None of a version that tuned nothing.
        decision_ms: time between decisions.
        audio_ring_hops: as priced for the board of the search; None of a version that did not.
        clips: the golden clips, behind their run-ins [shape=(n, settings.heard_length)].
        vectors: what the manifest says of them.
    """

    model: bytes
    settings: FrontEndSettings
    labels: list[str]
    candidate: dict[str, Any]
    detection: Detection | None
    decision_ms: int
    audio_ring_hops: int | None
    clips: NDArray[np.int16]
    vectors: dict[str, Any] | None


def winner_tree(study_dir: Path) -> Path:
    """Return the firmware tree of the winner of `study_dir`; raises ConfigError without one."""
    tree = study_dir / "firmware"
    if not tree.is_dir():
        raise ConfigError(f"{study_dir}: no winner yet; {AGAIN}")
    model, manifest = study_dir / "winner" / "model.tflite", read_manifest(tree)
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest() if model.is_file() else None
    if _kept(tree / MANIFEST, lambda: manifest["model"]["sha256"]) != sha256:
        raise ConfigError(
            f"{tree}: not of the winner, whose search was cut short or found nothing that fits; "
            f"{AGAIN}"
        )
    return tree


def read_winner(study_dir: Path) -> Winner:
    """Return what the winner of `study_dir` is made of, of whatever version the study is.

    Raises:
        ConfigError: no winner, or something of it is missing or damaged; says which file.
        CheckError: this version's front end computes other features of the golden clips.
    """
    tree, place = winner_tree(study_dir), study_dir / "winner" / "result.json"
    manifest, result = read_manifest(tree), read_json(place)
    settings = _kept(place, lambda: settings_of(result["candidate"]["frontend"]))
    tuned = result.get("detection")
    return Winner(
        model=(study_dir / "winner" / "model.tflite").read_bytes(),
        settings=settings,
        labels=_kept(place, lambda: list(result["labels"])),
        candidate=result["candidate"],
        detection=_kept(place, lambda: Detection.from_dict(tuned)) if tuned else None,
        decision_ms=_kept(tree / MANIFEST, lambda: int(manifest["decision"]["ms"])),
        audio_ring_hops=manifest["decision"].get("audio_ring_hops"),
        clips=_clips(study_dir, tree, settings),
        vectors=manifest.get("test_vectors"),
    )


def _clips(study_dir: Path, tree: Path, settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return the golden clips of `tree`, whose features must be those that it proves."""
    golden = _vectors(study_dir, tree / VECTORS)
    found, wanted = golden.samples.shape[1], settings.heard_length
    if found != wanted:
        raise ConfigError(
            f"{tree / VECTORS}: golden clips of {found} samples, without the run-in that their "
            f"front end has now ({wanted} samples); {_instead(study_dir)}"
        )
    features = warm_features(golden.samples, settings)
    if features.shape != golden.features.shape or (features != golden.features).any():
        raise CheckError(
            f"{tree}: this version's front end computes other features than those that the "
            "winner was trained on; search anew, with another --study"
        )
    return golden.samples


def _vectors(study_dir: Path, path: Path) -> Golden:
    try:
        return read_vectors(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"{path}: golden clips cannot be read ({reason}); {_instead(study_dir)}"
        ) from None


def _instead(study_dir: Path) -> str:
    return (
        f"{AGAIN}, or export {study_dir}/winner/model.tflite with --frontend {study_dir}, proved "
        "by noise"
    )


def _kept(path: Path, read: Callable[[], Value]) -> Value:
    """Return what `read` finds in the file at `path`, which may be damaged."""
    try:
        return read()
    except NasError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ConfigError(f"{path}: damaged, or of another version ({reason}); {AGAIN}") from None
