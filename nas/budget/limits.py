"""What a candidate may use, from a board file or from ``--limit``."""

import re
from collections.abc import Collection
from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from nas import config
from nas.errors import ConfigError

__all__ = ["LIMITED", "Limits", "amount", "parse_limit", "plain_number"]

LIMITED = (
    "rom_bytes",
    "ram_bytes",
    "macs",
    "constant_bytes",
    "arena_bytes",
    "latency_ms",
    "load",
)
"""The quantities of a `Cost` that may be limited."""

FRACTIONS = ("latency_ms", "load")

DIGITS = "[0-9]+(?:_[0-9]+)*"
WHOLE = re.compile(rf"[+-]?{DIGITS}")
FRACTION = re.compile(rf"[+-]?(?:{DIGITS}\.?|(?:{DIGITS})?\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""Numbers as people type them: ASCII digits, single underscores between those before the point."""


def _given(value: Any) -> Any:
    if value is None:
        raise ValueError("empty; give a number, or remove the line")
    return value


def plain_number(value: Any) -> float:
    """Return a value of a file as a float; raises ValueError where it is none."""
    if isinstance(_given(value), bool) or not isinstance(value, int | float):
        raise ValueError("must be a number, without unit or quotes")
    return float(value)


def _share(value: Any) -> float:
    number = plain_number(value)
    if not 0 < number <= 1:
        raise ValueError("must be above 0 and at most 1: the share of the time the core is busy")
    return number


BytesLimit = Annotated[int | None, BeforeValidator(_given), Field(gt=0, le=1 << 32)]
CountLimit = Annotated[int | None, BeforeValidator(_given), Field(gt=0, le=1 << 40)]
TimeLimit = Annotated[float | None, BeforeValidator(plain_number), Field(gt=0)]
ShareLimit = Annotated[float | None, BeforeValidator(_share)]


class Limits(config.StrictModel):
    """Upper bounds of what a candidate may use; at least one.

    Attributes:
        rom_bytes: flash of the whole firmware.
        ram_bytes: RAM of the whole firmware.
        macs: multiply-accumulates of the network for one decision.
        constant_bytes: weights, biases and shapes that ops read.
        arena_bytes: the arena, one block.
        latency_ms: the last hop and the network.
        load: share of a decision's period that the core is busy, in (0, 1].
    """

    rom_bytes: BytesLimit = None
    ram_bytes: BytesLimit = None
    macs: CountLimit = None
    constant_bytes: BytesLimit = None
    arena_bytes: BytesLimit = None
    latency_ms: TimeLimit = None
    load: ShareLimit = None

    @model_validator(mode="after")
    def _at_least_one(self) -> "Limits":
        if not self.given():
            raise ValueError(f"give at least one of {', '.join(LIMITED)}")
        return self

    def given(self) -> dict[str, int | float]:
        """Return the limits that are set, by name."""
        return {key: value for key in LIMITED if (value := getattr(self, key)) is not None}

    def without(self, names: Collection[str]) -> "Limits":
        """Return the other limits: for a cost of which `names` cannot be known.

        Raises:
            ValueError: none is left.
        """
        kept = {key: limit for key, limit in self.given().items() if key not in names}
        return Limits.model_validate(kept)


def amount(value: float) -> str:
    """Return a quantity or its limit as text: whole numbers with thousands apart."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def parse_limit(text: str) -> tuple[str, int | float]:
    """Return key and value of ``KEY=VALUE``; raises ConfigError that says what was meant."""
    key, separator, value = text.partition("=")
    if not separator:
        raise ConfigError(f"--limit {text}: expected KEY=VALUE, as in macs=3000000")
    if key not in LIMITED:
        raise ConfigError(
            f"--limit {text}: unknown limit `{key}`; use one of {', '.join(LIMITED)}"
        )
    number = _parsed(text, value, fraction=key in FRACTIONS)
    if number <= 0:
        raise ConfigError(f"--limit {text}: must be above 0")
    if key == "load" and number > 1:
        raise ConfigError(f"--limit {text}: must be at most 1, as load=0.8")
    return key, number


def _parsed(text: str, value: str, *, fraction: bool) -> int | float:
    if not (FRACTION if fraction else WHOLE).fullmatch(value):
        kind = "number, as 120.5" if fraction else "whole number, as 3000000 or 3_000_000"
        raise ConfigError(f"--limit {text}: `{value}` is not a {kind}")
    digits = value.replace("_", "")
    number = float(digits)
    if not isfinite(number):
        raise ConfigError(f"--limit {text}: `{value}` is too large")
    return number if fraction else int(digits)
