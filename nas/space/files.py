"""Candidates as YAML files: fixed baselines, reproductions, the winner of a search."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from nas import config
from nas.errors import ConfigError
from nas.files import write_text
from nas.frontend import settings_of
from nas.space.build import ImpossibleCandidate, build_graph, family_of
from nas.space.candidate import Candidate, Value
from nas.space.schema import MaskStrength, Strength

__all__ = ["read_candidate", "write_candidate"]


class _FrontEnd(config.StrictModel):
    kind: Literal["log_mel"] = "log_mel"
    sample_rate_hz: int
    clip_ms: int
    window_ms: int
    hop_ms: int
    n_mels: int
    fmin_hz: int
    fmax_hz: int


class _Training(config.StrictModel):
    learning_rate: float = Field(gt=0, le=1)
    batch_size: int = Field(ge=1, le=4096)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0, lt=1)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    augment: Strength = "off"
    spec_augment: MaskStrength = "off"


class _CandidateFile(config.StrictModel):
    family: str
    frontend: _FrontEnd
    network: dict[str, Value]
    training: _Training


class _Watched(Mapping[str, Value]):
    """A mapping that remembers which of its keys were read."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> Value:
        self.asked.add(key)
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_candidate(path: Path) -> Candidate:
    """Read a candidate file.

    Raises:
        ConfigError: unreadable, unknown or missing key, or no network comes of it; names the
            file, and the line where one is to blame.
    """
    file = config.parse(_CandidateFile, path)
    try:
        settings = settings_of(file.frontend.model_dump())
        family_of(file.family)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    watched = _Watched(file.network)
    _check_network(path, Candidate(file.family, settings, watched, {}), watched)
    return Candidate(file.family, settings, file.network, file.training.model_dump())


def write_candidate(path: Path, candidate: Candidate) -> None:
    """Write `candidate` as a file that `read_candidate` reads back, as a whole."""
    lines = [f"family: {candidate.family}"]
    for name in ("frontend", "network", "training"):
        lines.append(f"{name}:")
        lines += [f"  {key}: {_yaml(value)}" for key, value in candidate.to_dict()[name].items()]
    write_text(path, "\n".join(lines) + "\n")


def _check_network(path: Path, candidate: Candidate, watched: _Watched) -> None:
    try:
        build_graph(candidate, 2)
    except ImpossibleCandidate as error:
        raise ConfigError(f"{path}: {error}") from None
    unknown = [key for key in watched if key not in watched.asked]
    if unknown:
        close = difflib.get_close_matches(unknown[0], sorted(watched.asked), n=1)
        meant = f", did you mean `{close[0]}`?" if close else ""
        raise ConfigError(
            f"{path}:{_line(path, unknown[0])}: network.{unknown[0]}: has no effect on this "
            f"{candidate.family}{meant}; remove it"
        )


def _line(path: Path, key: str) -> int:
    network: Any = config.load(path)["network"]
    return int(network.lc.key(key)[0]) + 1


def _yaml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = repr(value)
        return text if "." in text else text.replace("e", ".0e")
    return str(value)
