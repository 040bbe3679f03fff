"""The domain of one choice: a list of values or a range, as a YAML file writes it."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Discriminator, Tag, model_validator

from nas.config import StrictModel
from nas.space.candidate import Value
from nas.space.choices import Choices

__all__ = ["Domain", "Range", "check_like", "pick", "values_of"]

SIZE = re.compile(r"[1-9][0-9]*x[1-9][0-9]*")
SIGNIFICANT_DIGITS = 3  # finer steps of a learning rate train the same network


class Range(StrictModel):
    """All whole numbers (both ends whole) or all numbers from `low` to `high`.

    Attributes:
        low: smallest value.
        high: largest value.
        step: distance between values; not with `log`.
        log: draw on a log scale.
        multiple_of: round whole numbers to the nearest multiple, at least one of it.
    """

    low: int | float
    high: int | float
    step: int | float | None = None
    log: bool = False
    multiple_of: int = 1

    @model_validator(mode="after")
    def _possible(self) -> "Range":
        if self.high < self.low:
            raise ValueError(f"high {self.high} is below low {self.low}")
        if self.log and self.step is not None:
            raise ValueError("give step or log, not both")
        if self.log and self.low <= 0:
            raise ValueError(f"low {self.low} must be above 0 on a log scale")
        if self.multiple_of < 1 or (self.step is not None and self.step <= 0):
            raise ValueError("step and multiple_of must be above 0")
        if self.multiple_of > 1 and not self.whole:
            raise ValueError("multiple_of is for whole numbers")
        if self.step is not None and not _whole(steps := (self.high - self.low) / self.step):
            raise ValueError(f"high is {steps:g} steps above low; make it a whole number of them")
        return self

    @property
    def whole(self) -> bool:
        """Tell whether the values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)


def _tag(value: Any) -> str:
    return "range" if isinstance(value, dict | Range) else "list"


Domain = Annotated[
    Annotated[list[Value], Tag("list")] | Annotated[Range, Tag("range")], Discriminator(_tag)
]


def pick(choices: Choices, name: str, domain: Sequence[Value] | Range) -> Value:
    """Ask `choices` for a value of `domain`; a single value is not asked for.

    Numbers come back rounded, so that candidates which train alike have one fingerprint.
    """
    if not isinstance(domain, Range):
        values = list(domain)
        return values[0] if len(values) == 1 else _plain(choices.suggest_categorical(name, values))
    if domain.low == domain.high:
        return domain.low
    if domain.whole:
        low, high, step = int(domain.low), int(domain.high), int(domain.step or 1)
        drawn = choices.suggest_int(name, low, high, step=step, log=domain.log)
        return _to_multiple(int(drawn), domain.multiple_of)
    number = choices.suggest_float(
        name, float(domain.low), float(domain.high), step=domain.step, log=domain.log
    )
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


def values_of(domain: Sequence[Value] | Range) -> Any:
    """Return `domain` as plain values, for a description."""
    return domain.model_dump() if isinstance(domain, Range) else list(domain)


def check_like(domain: Sequence[Value] | Range, default: Sequence[Value] | Range) -> None:
    """Raise ValueError where `domain` holds what no value of `default`'s kind can be.

    Words must be among the default's, or sizes such as 10x4 where those are sizes; numbers must be
    above 0, or at least 0 where the default holds 0.
    """
    values = [domain.low, domain.high] if isinstance(domain, Range) else list(domain)
    if not values:
        raise ValueError("needs at least one value")
    if isinstance(default, Range) or isinstance(default[0], int | float):
        _check_numbers(values, default)
        return
    sizes = all(SIZE.fullmatch(str(value)) for value in default)
    unknown = [v for v in values if v not in default and not (sizes and SIZE.fullmatch(str(v)))]
    if unknown:
        known = ", ".join(str(value) for value in default)
        raise ValueError(f"unknown value {unknown[0]!r}; known: {known}")


def _check_numbers(values: Sequence[Value], default: Sequence[Value] | Range) -> None:
    lows = [default.low, default.high] if isinstance(default, Range) else list(default)
    boolean = isinstance(lows[0], bool)
    whole = all(isinstance(value, int) for value in lows)
    floor = 0 if min(float(value) for value in lows) == 0 else None
    for value in values:
        if isinstance(value, str) or isinstance(value, bool) is not boolean:
            raise ValueError(f"{value!r} is not a {'truth value' if boolean else 'number'}")
        if whole and not isinstance(value, int):
            raise ValueError(f"{value!r} is not a whole number")
        if (value < 0) if floor == 0 else (value <= 0):
            raise ValueError(f"{value!r} must be {'at least' if floor == 0 else 'above'} 0")


def _to_multiple(value: int, multiple: int) -> int:
    return value if multiple == 1 else max(1, round(value / multiple)) * multiple


def _whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-9


def _plain(value: Any) -> Value:
    result: Value = value
    return result
