"""The domain of one choice: a list of values or a range, as a YAML file writes it."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import Discriminator, Tag, model_validator

from nas.config import StrictModel
from nas.space.candidate import Value
from nas.space.choices import Choices

__all__ = ["SIZE", "Ask", "Domain", "Range", "asker", "check_like", "grid_of", "values_of"]

SIZE = re.compile(r"[1-9][0-9]*x[1-9][0-9]*")
LARGEST_CHOICE = 4_096
"""Of a family's choices and a batch: more filters or stages than any device has room for."""
LARGEST = 10**15
"""Of a number in a range: beyond it steps of floats are no longer exact."""
MOST_VALUES = 2_048
"""Of one setting of a front end, whose features are cached for each."""
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
        for name in ("low", "high", "step"):
            if abs(getattr(self, name) or 0) > LARGEST:
                raise ValueError(f"{name} {getattr(self, name)} is larger than {LARGEST}")
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
        if self.step is not None and (self.high - self.low) / LARGEST > self.step:
            raise ValueError(f"step {self.step} is too small for {self.low} to {self.high}")
        if self.step is not None and not _whole(steps := (self.high - self.low) / self.step):
            raise ValueError(f"high is {steps:g} steps above low; make it a whole number of them")
        return self

    @property
    def whole(self) -> bool:
        """Tell whether the values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)


def _tag(value: Any) -> str:
    return "range" if isinstance(value, dict | Range) else "list"


Ask = Callable[[Choices], Value]
Domain = Annotated[
    Annotated[list[Value], Tag("list")] | Annotated[Range, Tag("range")], Discriminator(_tag)
]


def asker(name: str, domain: Sequence[Value] | Range) -> Ask:
    """Return a function that asks choices for a value of `domain`; one value is not asked for.

    Numbers come back rounded, so that candidates which train alike have one fingerprint. All that
    does not depend on the choices is done here, once: a search asks thousands of times.
    """
    if not isinstance(domain, Range):
        values = tuple(domain)
        if len(values) == 1:
            return partial(_only, values[0])
        return _listed_asker(name, values)
    if domain.low == domain.high:
        return partial(_only, domain.low)
    return _whole_asker(name, domain) if domain.whole else _number_asker(name, domain)


def _only(value: Value, choices: Choices) -> Value:
    return value


def _listed_asker(name: str, values: Sequence[Value]) -> Ask:
    def ask(choices: Choices) -> Value:
        value: Value = choices.suggest_categorical(name, values)
        return value

    return ask


def _whole_asker(name: str, domain: Range) -> Ask:
    low, high, step, log = int(domain.low), int(domain.high), int(domain.step or 1), domain.log
    multiple = domain.multiple_of

    def ask(choices: Choices) -> Value:
        drawn = int(choices.suggest_int(name, low, high, step=step, log=log))
        return drawn if multiple == 1 else max(1, round(drawn / multiple)) * multiple

    return ask


def _number_asker(name: str, domain: Range) -> Ask:
    low, high, step, log = float(domain.low), float(domain.high), domain.step, domain.log

    def ask(choices: Choices) -> Value:
        number = choices.suggest_float(name, low, high, step=step, log=log)
        return float(f"{number:.{SIGNIFICANT_DIGITS}g}")

    return ask


def grid_of(domain: Sequence[Value] | Range) -> tuple[Value, ...]:
    """Return the values of `domain` one by one, each once.

    Raises:
        ValueError: a range without a step, or more than `MOST_VALUES`.
    """
    if not isinstance(domain, Range):
        return tuple(dict.fromkeys(domain))
    if domain.log or (domain.step is None and not domain.whole):
        raise ValueError("a front end lies on a grid: give a list, or low, high and step")
    step = 1 if domain.step is None else domain.step
    count = round((domain.high - domain.low) / step) + 1
    if count > MOST_VALUES:
        raise ValueError(
            f"{count} values from {domain.low} to {domain.high}, {MOST_VALUES} at most: give a "
            "list, or a larger step"
        )
    values = [domain.low + step * i for i in range(count)]
    if domain.whole:
        multiple = domain.multiple_of
        return tuple(dict.fromkeys(max(1, round(v / multiple)) * multiple for v in values))
    return tuple(float(f"{value:.9g}") for value in values)


def values_of(domain: Sequence[Value] | Range) -> Any:
    """Return `domain` as plain values, for a description."""
    return domain.model_dump() if isinstance(domain, Range) else list(domain)


def check_like(domain: Sequence[Value] | Range | None, default: Sequence[Value] | Range) -> None:
    """Raise ValueError where `domain` holds what no value of `default`'s kind can be.

    Words must be among the default's, or sizes such as 10x4 where those are sizes; numbers must be
    above 0, or at least 0 where the default holds 0. No number and no side of a size is above
    `LARGEST_CHOICE`.
    """
    if domain is None:
        raise ValueError("has no value; give a list or a range, or remove it")
    values = [domain.low, domain.high] if isinstance(domain, Range) else list(domain)
    if not values:
        raise ValueError("needs at least one value")
    if isinstance(default, Range) or isinstance(default[0], int | float):
        _check_numbers(values, default)
    elif all(SIZE.fullmatch(str(value)) for value in default):
        _check_sizes(values, str(default[0]))
    else:
        _check_words(values, default)


def _check_words(values: Sequence[Value], default: Sequence[Value]) -> None:
    for value in values:
        if value not in default:
            known = ", ".join(str(word) for word in default)
            raise ValueError(f"unknown value {value!r}; known: {known}")


def _check_sizes(values: Sequence[Value], example: str) -> None:
    for value in values:
        if not isinstance(value, str) or not SIZE.fullmatch(value):
            raise ValueError(f"{str(value)!r} is not a size such as {example}")
        if any(len(side) > 9 or int(side) > LARGEST_CHOICE for side in value.split("x")):
            raise ValueError(f"{value!r} has a side above {LARGEST_CHOICE}")


def _check_numbers(values: Sequence[Value], default: Sequence[Value] | Range) -> None:
    lows = [default.low, default.high] if isinstance(default, Range) else list(default)
    boolean = isinstance(lows[0], bool)
    whole = all(isinstance(value, int) for value in lows)
    kind = "whole number" if whole else "number"
    kind = "truth value; give true or false" if boolean else kind
    floor = 0 if min(float(value) for value in lows) == 0 else None
    for value in values:
        if isinstance(value, str) or isinstance(value, bool) is not boolean:
            raise ValueError(f"{value!r} is not a {kind}")
        if whole and not isinstance(value, int):
            raise ValueError(f"{value!r} is not a {kind}")
        if not (value >= 0 if floor == 0 else value > 0):  # so is NaN
            raise ValueError(f"{value!r} must be {'at least' if floor == 0 else 'above'} 0")
        if value > LARGEST_CHOICE:
            raise ValueError(f"{value!r} is above {LARGEST_CHOICE}")


def _whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-9
