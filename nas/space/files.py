"""Candidates as YAML files: fixed baselines, reproductions, the winner of a search."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import Field, create_model, model_validator

from nas import config
from nas.errors import ConfigError
from nas.files import write_text
from nas.frontend import KINDS, FrontEndSettings, LogMelSettings, check, settings_of
from nas.frontend.fields import COMMON, fields_of, learnt_of
from nas.frontend.kind import Kind
from nas.space.build import ImpossibleCandidate, build_graph, family_of
from nas.space.candidate import Candidate, Value
from nas.space.frontend_schema import value_type
from nas.space.network_file import fault_of
from nas.space.schema import MaskStrength, Strength

__all__ = ["read_candidate", "write_candidate"]


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
    frontend: Any
    network: dict[str, Any]
    training: _Training

    @model_validator(mode="after")
    def _possible(self) -> "_CandidateFile":
        try:
            family_of(self.family)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        if self.settings.is_waveform and self.training.spec_augment != "off":
            raise ValueError(
                f"training.spec_augment {self.training.spec_augment} hides bands, and "
                f'{self.settings.kind} is a waveform; give "off"'
            )
        return self

    @property
    def settings(self) -> FrontEndSettings:
        """The front end."""
        return settings_of(self.frontend.model_dump())


def _file_of(kind: Kind) -> type[_CandidateFile]:
    """Return the model of a candidate with this kind of front end; its own settings may lack."""

    def works(self: Any) -> Any:
        try:
            check(settings_of(self.model_dump()))
        except ConfigError as error:
            raise ValueError(str(error).replace(": ", " ", 1)) from None
        return self

    fields: dict[str, Any] = {
        name: (value_type(field), ... if name in COMMON else field.default)
        for name, field in fields_of(kind.settings).items()
    }
    fields |= {name: (list[int], []) for name in learnt_of(kind.settings)}
    fields["kind"] = (str, kind.name)
    front_end = create_model(
        f"{kind.name}_settings",
        __base__=config.StrictModel,
        __validators__={"works": cast(Any, model_validator(mode="after")(works))},
        **fields,
    )
    return create_model("Candidate", __base__=_CandidateFile, frontend=(front_end, ...))


def _kind_in(path: Path) -> Kind:
    """Return the kind of front end that the file names; raises ConfigError."""
    data = config.load(path)
    found = data.get("frontend")
    usual = LogMelSettings.kind
    name = str(found.get("kind", usual)) if isinstance(found, dict) else usual
    if name in KINDS:
        return KINDS[name]
    line = int(data["frontend"].lc.key("kind")[0]) + 1
    close = difflib.get_close_matches(name, list(KINDS), n=1)
    meant = f", did you mean `{close[0]}`?" if close else ""
    raise ConfigError(
        f"{path}:{line}: frontend.kind: {name!r} is unknown{meant}; known: {', '.join(KINDS)}"
    )


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
        ConfigError: unreadable, unknown or missing key, a value that cannot be, or no network
            comes of it; names the file, and the line where one is to blame.
    """
    file = config.parse(_file_of(_kind_in(path)), path)
    _check_values(path, file)
    watched = _Watched(file.network)
    _check_network(path, Candidate(file.family, file.settings, watched, {}), watched)
    return Candidate(file.family, file.settings, file.network, file.training.model_dump())


def write_candidate(path: Path, candidate: Candidate) -> None:
    """Write `candidate` as a file that `read_candidate` reads back, as a whole."""
    lines = [f"family: {candidate.family}"]
    for name in ("frontend", "network", "training"):
        lines.append(f"{name}:")
        lines += [f"  {key}: {_yaml(value)}" for key, value in candidate.to_dict()[name].items()]
    write_text(path, "\n".join(lines) + "\n")


def _check_values(path: Path, file: _CandidateFile) -> None:
    """Refuse what no value of a choice can be; what a search would not try is allowed."""
    fault = fault_of(family_of(file.family), file.network)
    if fault:
        key, why = fault
        raise ConfigError(f"{path}:{_line(path, key)}: network.{key}: {why}")


def _check_network(path: Path, candidate: Candidate, watched: _Watched) -> None:
    try:
        build_graph(candidate, 2)
    except ImpossibleCandidate as error:
        raise ConfigError(f"{path}:{_line(path)}: network: {error}") from None
    unknown = [key for key in watched if key not in watched.asked]
    if unknown:
        close = difflib.get_close_matches(unknown[0], sorted(watched.asked), n=1)
        meant = f", did you mean `{close[0]}`?" if close else ""
        raise ConfigError(
            f"{path}:{_line(path, unknown[0])}: network.{unknown[0]}: has no effect on this "
            f"{candidate.family}{meant}; remove it"
        )


def _line(path: Path, key: str | None = None) -> int:
    """Return the line of `network`, or of a key in it."""
    data = config.load(path)
    network = int(data.lc.key("network")[0]) + 1
    try:
        return network if key is None else int(data["network"].lc.key(key)[0]) + 1
    except KeyError:  # it comes from an anchor
        return network


def _yaml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = repr(value)
        return text if "." in text else text.replace("e", ".0e")
    return str(value)
