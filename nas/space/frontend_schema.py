"""What the YAML of a search space may say of front ends; the kinds' keys are their settings."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from nas.config import StrictModel
from nas.errors import ConfigError
from nas.frontend import KINDS, FrontEndSettings, LogMelSettings
from nas.frontend.fields import COMMON, SettingsField, bounds, fields_of
from nas.space.candidate import Value
from nas.space.domain import Range, grid_of
from nas.space.frontend import FrontEndGrid
from nas.space.workable import unworkable

__all__ = ["FrontEndFile", "front_end_file", "value_type"]

SHARED = ("sample_rate_hz", "window_ms", "hop_ms")
MOVED = tuple(name for name in fields_of(LogMelSettings) if name not in COMMON)
"""Settings that stood beside the shared ones while log_mel was the only kind."""


def _one(field: SettingsField, value: Any) -> Value:
    """Return one value of `field`; a range that may hang on others is looked at later."""
    if not field.is_a(value) or (field.name in COMMON and not field.holds(value)):
        raise ValueError(f"must be {field.wanted}")
    return field.type(value)


def _values(field: SettingsField, value: Any) -> Any:
    """Return a range as the list of its values."""
    if value is None:
        raise ValueError(f"has no value; give a list such as [{field.default}]")
    if not isinstance(value, dict):
        return value
    for end in ("low", "high"):  # before the values are listed: there may be too many for memory
        if end in value and not (field.is_a(value[end]) and field.holds(value[end])):
            raise ValueError(f"{end} must be {field.wanted}, found {value[end]!r}")
    try:
        return list(grid_of(Range.model_validate(value)))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        text = str(first["msg"]).removeprefix("Value error, ")
        raise ValueError(f"{place}: {text}" if place else text) from None


def value_type(field: SettingsField) -> Any:
    """Return the type of one value of `field` in a YAML model."""
    return Annotated[Any, BeforeValidator(partial(_one, field))]


def _grid(field: SettingsField) -> Any:
    each: Any = value_type(field)
    return Annotated[list[each], Field(min_length=1), BeforeValidator(partial(_values, field))]


def _common(name: str) -> Any:
    return _grid(fields_of(LogMelSettings)[name])


class FrontEndFile(StrictModel):
    """Grids of the front end; coarse, so that cached features are met again.

    `sample_rate_hz` above the recordings' rate is dropped when a search starts, and so is what a
    kind cannot do at the sample rate chosen. Without `clip_ms` the data set's own are taken.
    """

    refused: ClassVar[Mapping[str, str]] = {
        name: f"stands in a kind now: write `kinds: {{{LogMelSettings.kind}: {{{name}: [...]}}}}`"
        for name in MOVED
    }

    sample_rate_hz: _common("sample_rate_hz")  # type: ignore[valid-type]
    clip_ms: _common("clip_ms") = None  # type: ignore[valid-type]
    window_ms: _common("window_ms")  # type: ignore[valid-type]
    hop_ms: _common("hop_ms")  # type: ignore[valid-type]
    kinds: Any

    @field_validator("kinds")
    @classmethod
    def _some(cls, value: Any) -> Any:
        if not value.model_fields_set:
            raise ValueError(f"name at least one, as in `{LogMelSettings.kind}: {{}}`")
        return value

    @model_validator(mode="after")
    def _possible(self) -> "FrontEndFile":
        grid = self.grid()
        for kind in grid.kinds:
            _check_clips(kind, grid)
            _check_hops(kind, grid)
            for name in (name for name in grid.kinds[kind] if name not in COMMON):
                _check_values(kind, name, grid)
        _check_workable(grid)
        return self

    def grid(self) -> FrontEndGrid:
        """Return the values of each setting, defaults included."""
        return FrontEndGrid(
            common={name: tuple(dict.fromkeys(getattr(self, name))) for name in SHARED},
            clip_ms=None if self.clip_ms is None else tuple(self.clip_ms),
            kinds={
                kind: self._kind(kind) for kind in KINDS if kind in self.kinds.model_fields_set
            },
        )

    def _kind(self, kind: str) -> dict[str, tuple[Value, ...]]:
        given = getattr(self.kinds, kind)
        every = {
            name: getattr(given, name, None) or [field.default]
            for name, field in fields_of(KINDS[kind].settings).items()
            if name not in COMMON or (name in SHARED and getattr(given, name, None))
        }
        return {name: tuple(dict.fromkeys(values)) for name, values in every.items()}


def front_end_file() -> type[FrontEndFile]:
    """Return the model with the kinds of front end that there are."""
    fields: dict[str, Any] = {
        name: (_kind_model(name, kind.settings) | None, None) for name, kind in KINDS.items()
    }
    model = create_model("Kinds", __base__=StrictModel, **fields)
    return create_model("FrontEndFile", __base__=FrontEndFile, kinds=(model, ...))


def _kind_model(name: str, settings: type[FrontEndSettings]) -> Any:
    """Return a model whose keys are the settings of one kind, each optional."""
    own = {
        key: (_grid(field), None)
        for key, field in fields_of(settings).items()
        if key not in COMMON
    }
    shared = {key: (_common(key), None) for key in SHARED}
    fields: dict[str, Any] = {**own, **shared}
    return create_model(f"{name}_grid", __base__=StrictModel, **fields)


def _check_clips(kind: str, grid: FrontEndGrid) -> None:
    shortest = min(int(value) for value in grid.of(kind)["window_ms"])
    for clip in grid.clip_ms or ():
        if int(clip) < shortest:
            raise ValueError(f"clip_ms {clip} is shorter than a window of {kind}, {shortest} ms")


def _check_hops(kind: str, grid: FrontEndGrid) -> None:
    values, key = grid.of(kind), _key(kind, "window_ms", grid)
    if KINDS[kind].settings().is_waveform:
        return
    lowest, window = min(values["hop_ms"]), min(values["window_ms"])
    if float(lowest) > float(window):
        raise ValueError(
            f"{key} {window} has no hop_ms: the smallest is {lowest}, and a hop is at most the "
            "window"
        )


def _check_values(kind: str, name: str, grid: FrontEndGrid) -> None:
    rates = grid.of(kind)["sample_rate_hz"]
    possible = {value for rate in rates for value in grid.possible(kind, name, rate)}
    key = _key(kind, name, grid)
    for value in grid.of(kind)[name]:
        if value not in possible:
            at = {"sample_rate_hz": max(rates)}
            low, high = bounds(KINDS[kind].settings, _largest(grid.of(kind)) | at, name) or (0, 0)
            raise ValueError(f"{key} {value} is outside {low} to {high}")
        if isinstance(value, str):
            _check_word(kind, name, value, key)


def _check_workable(grid: FrontEndGrid) -> None:
    never = unworkable(grid)
    if never is None:
        return
    key = _key(never.kind, never.name, grid)
    if never.value is None:
        raise ValueError(f"{key} {never.reason}; no values of {never.kind} work together")
    raise ValueError(f"{key} {never.value} works with none of the other values: {never.reason}")


def _largest(values: Mapping[str, tuple[Value, ...]]) -> dict[str, Value]:
    return {name: max(they) for name, they in values.items() if not isinstance(they[0], str)}


def _check_word(kind: str, name: str, value: str, key: str) -> None:
    word: Any = {name: value}
    try:
        KINDS[kind].settings(**word)
    except ConfigError as error:
        if str(error).startswith(f"{name}: "):
            raise ValueError(f"{key} {str(error).removeprefix(f'{name}: ')}") from None


def _key(kind: str, name: str, grid: FrontEndGrid) -> str:
    return f"kinds.{kind}.{name}" if name in grid.kinds[kind] else name
