"""What a study was made with: a resumed search must be the same search."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nas.errors import ConfigError
from nas.files import write_json
from nas.trial import OBJECTIVES, Fidelity

__all__ = [
    "FILE_NAME",
    "check_or_write",
    "forget",
    "has_results",
    "identity_of",
    "is_another",
    "read_study",
]

FILE_NAME = "study.json"
RESULTS = ("finalists", "winner")
MEANING = {
    "data_digest": "the data set",
    "space_hash": "the search space",
    "objectives": "the objectives",
    "directions": "the directions",
    "fidelities": "the rungs",
    "seed": "the seed",
    "n_classes": "the number of classes",
    "clip_ms": "the clip lengths of the data",
    "priced_for": "the core, clock, runtime, kernels or decision_ms of the board, or tables of "
    "prices of another version",
}


def identity_of(
    *,
    data_digest: str,
    space_hash: str,
    n_classes: int,
    fidelities: Sequence[Fidelity],
    seed: int,
    clip_ms: Sequence[int],
    priced_for: str,
) -> dict[str, Any]:
    """Return what makes two sessions one study. Limits and time are not in it: they may change."""
    return {
        "data_digest": data_digest,
        "space_hash": space_hash,
        "n_classes": n_classes,
        "objectives": list(OBJECTIVES),
        "directions": ["minimize"] * len(OBJECTIVES),
        "fidelities": [[rung.epochs, rung.data_fraction] for rung in fidelities],
        "seed": seed,
        "clip_ms": list(clip_ms),
        "priced_for": priced_for,
    }


def check_or_write(
    study_dir: Path, identity: Mapping[str, Any], config: Mapping[str, Any]
) -> None:
    """Write study.json, or compare `identity` with the one in it and then renew `config`.

    Raises:
        ConfigError: the study was made with something else; says with what.
    """
    path = study_dir / FILE_NAME
    if path.exists():
        _compare(path, read_study(study_dir).get("identity", {}), identity)
    write_json(path, {**config, "identity": dict(identity)})


def is_another(study_dir: Path, identity: Mapping[str, Any]) -> bool:
    """Tell whether the folder holds a study that was made with something else."""
    if not (study_dir / FILE_NAME).exists():
        return False
    kept = read_study(study_dir).get("identity", {})
    return any(kept.get(key) != value for key, value in identity.items())


def has_results(study_dir: Path) -> bool:
    """Tell whether networks trained in full stand in the folder, whatever its journal holds."""
    return any((study_dir / name).exists() for name in RESULTS)


def forget(study_dir: Path) -> None:
    """Take study.json away: the next session makes a study of its own of the folder."""
    (study_dir / FILE_NAME).unlink()


def read_study(study_dir: Path) -> dict[str, Any]:
    """Return what study.json holds; raises ConfigError where there is none or it is damaged."""
    path = study_dir / FILE_NAME
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise ConfigError(f"{path}: not JSON; move the folder away and start again") from None
    if not isinstance(kept, dict):
        raise ConfigError(f"{path}: not a study's configuration; start a new study")
    return kept


def _compare(path: Path, kept: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    differing = [key for key in given if kept.get(key) != given[key]]
    if not differing:
        return
    said = "; ".join(
        f"{MEANING.get(key, key)} ({key}: was {_short(kept.get(key))}, now {_short(given[key])})"
        for key in differing
    )
    raise ConfigError(
        f"{path}: this study was made with other settings: {said}; name another study, or use "
        "what it was made with"
    )


def _short(value: Any) -> str:
    text = json.dumps(value).strip('"')
    return text if len(text) <= 40 else text[:12] + "..."
