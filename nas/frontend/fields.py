"""The fields of a kind's settings, from its dataclass: names, types, defaults, ranges."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from nas.errors import ConfigError
from nas.frontend.settings import FrontEndSettings

__all__ = ["COMMON", "SettingsField", "bounds", "fields_of", "learnt_of"]

COMMON = tuple(field.name for field in fields(FrontEndSettings))
"""What every kind has, in the order of the dataclass."""

Value = int | float | str | bool

NUMBERS = {
    int: re.compile(r"[+-]?[0-9]{1,18}"),
    float: re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"),
}
"""Numbers as people write them: Python would take 1_0 for 10."""
TYPES = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}

_KNOWN: dict[type[FrontEndSettings], Mapping[str, "SettingsField"]] = {}


@dataclass(frozen=True)
class SettingsField:
    """One field of a kind's settings.

    Attributes:
        name: as files and the command line write it.
        type: bool, int, float or str.
        choices: the only values there are; empty where a range or the kind itself decides.
        default: its usual value.
        range: lowest and highest value beside the best of the other settings'; None where the kind
            gives it no range.
    """

    name: str
    type: type[Value]
    choices: tuple[Value, ...]
    default: Value
    range: tuple[float, float] | None = None

    def read(self, text: str) -> Value:
        """Return the value that `text` stands for, as the command line gives it.

        Raises:
            ConfigError: not a value of this type, or out of its range.
        """
        value = self._converted(text)
        if value is None or not self.is_a(value):
            raise ConfigError(f"{self.name}: {text!r} is not {self.wanted}")
        return self.checked(value)

    def checked(self, value: Any) -> Value:
        """Return `value`, which may be anything, as the type it must have.

        Raises:
            ConfigError: of another type, none of the choices, or out of its range.
        """
        if not self.is_a(value):
            raise ConfigError(f"{self.name}: {value!r} is not {self.wanted}")
        if not self.holds(value):
            raise ConfigError(f"{self.name}: {value} is outside {self.between}")
        return self.type(value)

    def is_a(self, value: Any) -> bool:
        """Tell whether `value` has the type and is one of the choices; no truth value is 1."""
        if self.type is float:
            return type(value) in (int, float) and math.isfinite(value)
        known = type(value) is self.type
        return known and (not self.choices or value in self.choices)

    def holds(self, value: float | str) -> bool:
        """Tell whether `value`, of the right type, is within the range."""
        return self.range is None or self.range[0] <= float(value) <= self.range[1]

    @property
    def wanted(self) -> str:
        """What a value must be, for people."""
        if self.choices:
            return f"one of {', '.join(str(choice) for choice in self.choices)}"
        return (
            TYPES[self.type] if self.range is None else f"{TYPES[self.type]} from {self.between}"
        )

    @property
    def between(self) -> str:
        """The range, for people."""
        assert self.range is not None, f"{self.name} has no range"
        low, high = self.range
        return f"{low} to {high}"

    def _converted(self, text: str) -> Value | None:
        if self.type is bool:
            return {"true": True, "false": False}.get(text)
        if self.type in NUMBERS and not NUMBERS[self.type].fullmatch(text):
            return None
        return self.type(text)


def fields_of(settings: type[FrontEndSettings]) -> Mapping[str, SettingsField]:
    """Return what may be chosen of a kind's settings, by name, the common ones first."""
    if settings not in _KNOWN:
        hints = get_type_hints(settings)
        learnt = learnt_of(settings)
        defaults: dict[str, Any] = {
            field.name: field.default for field in fields(settings) if field.name not in learnt
        }
        plain = {
            name: SettingsField(name, *_type_of(hints[name]), default)
            for name, default in defaults.items()
        }
        found = _ranges(settings, defaults)
        _KNOWN[settings] = {
            name: replace(field, range=found.get(name)) for name, field in plain.items()
        }
    return _KNOWN[settings]


def learnt_of(settings: type[FrontEndSettings]) -> tuple[str, ...]:
    """Return the names of the fields that are learnt from data: whole numbers, one a channel."""
    return tuple(field.name for field in fields(settings) if field.metadata.get("learnt"))


def _type_of(hint: Any) -> tuple[type[Value], tuple[Value, ...]]:
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        return type(choices[0]), choices
    if hint not in (bool, int, float, str):
        raise TypeError(f"{hint}: a setting must be a bool, an int, a float, a str or a Literal")
    known: type[Value] = hint
    return known, ()


def bounds(
    settings: type[FrontEndSettings], values: Mapping[str, Value], name: str
) -> tuple[float, float] | None:
    """Return lowest and highest `name` beside the other `values`, whether or not these fit.

    None where the kind gives it no range.
    """
    defaults = {field.name: field.default for field in fields_of(settings).values()}
    return _bounds(settings, {**defaults, **values}).get(name)


def _ranges(
    settings: type[FrontEndSettings], defaults: Mapping[str, Value]
) -> dict[str, tuple[float, float]]:
    """Return lowest and highest of each number where the others are as high as they go.

    The lowest values there are hang on no other setting; the highest only grow with them.
    """
    values = dict(defaults)
    for _ in defaults:  # a chain of settings, each bound by the next, has no more links
        found = _bounds(settings, values)
        values |= {name: high for name, (_, high) in found.items() if name in values}
    return _bounds(settings, values)


def _bounds(
    settings: type[FrontEndSettings], values: Mapping[str, Value]
) -> dict[str, tuple[float, float]]:
    unchecked = object.__new__(settings)
    for name in learnt_of(settings):
        object.__setattr__(unchecked, name, ())
    for name, value in values.items():
        object.__setattr__(unchecked, name, value)
    return {name: (low, high) for name, _, low, high in unchecked.ranges()}
