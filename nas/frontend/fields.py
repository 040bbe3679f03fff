"""The fields of a kind's settings, from its dataclass: names, types, defaults, ranges."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from nas.errors import ConfigError
from nas.frontend.settings import FrontEndSettings

__all__ = ["COMMON", "SettingsField", "bounds", "fields_of", "learnt_of"]

COMMON = tuple(field.name for field in fields(FrontEndSettings))
"""What every kind has, in the order of the dataclass."""

Value = int | float | str | bool


_KNOWN: dict[type[FrontEndSettings], Mapping[str, "SettingsField"]] = {}


@dataclass(frozen=True)
class SettingsField:
    """One field of a kind's settings.

    Attributes:
        name: as files and the command line write it.
        type: bool, int, float or str.
        choices: the only values there are; empty where a range or the kind itself decides.
        default: its usual value.
    """

    name: str
    type: type[Value]
    choices: tuple[Value, ...]
    default: Value

    def read(self, text: str) -> Value:
        """Return the value that `text` stands for, as the command line gives it.

        Raises:
            ConfigError: not a value of this type.
        """
        value = self._converted(text)
        if value is None or (self.choices and value not in self.choices):
            raise ConfigError(f"{self.name}: {text!r} is not {self.wanted}")
        return value

    @property
    def annotation(self) -> Any:
        """Type of a value in a YAML model."""
        return Literal[self.choices] if self.choices else self.type

    @property
    def wanted(self) -> str:
        """What a value must be, for people."""
        if self.choices:
            return f"one of {', '.join(str(choice) for choice in self.choices)}"
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}
        return names[self.type]

    def _converted(self, text: str) -> Value | None:
        if self.type is bool:
            return {"true": True, "false": False}.get(text)
        try:
            return self.type(text)
        except ValueError:
            return None


def fields_of(settings: type[FrontEndSettings]) -> Mapping[str, SettingsField]:
    """Return what may be chosen of a kind's settings, by name, the common ones first."""
    if settings not in _KNOWN:
        hints = get_type_hints(settings)
        learnt = learnt_of(settings)
        defaults: dict[str, Any] = {
            field.name: field.default for field in fields(settings) if field.name not in learnt
        }
        _KNOWN[settings] = {
            name: SettingsField(name, *_type_of(hints[name]), default)
            for name, default in defaults.items()
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
    unchecked = object.__new__(settings)
    for field in fields_of(settings).values():
        object.__setattr__(unchecked, field.name, values.get(field.name, field.default))
    for found, _, low, high in unchecked.ranges():
        if found == name:
            return low, high
    return None
