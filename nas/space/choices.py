"""Where the values of choices come from: a sampler, chance, the smallest corner, a neighbour."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Any, Protocol, TypeVar

import numpy as np

from nas.space.candidate import Value

__all__ = ["Choices", "MinimumChoices", "NeighbourChoices", "RandomChoices"]

T = TypeVar("T", int, float, str, bool)


class Choices(Protocol):
    """What a search space asks; Optuna's ``Trial`` satisfies it as it is."""

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return one of `choices`."""
        ...

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        """Return an integer in [low, high]."""
        ...

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        /,
        *,
        step: float | None = None,
        log: bool = False,
    ) -> float:
        """Return a number in [low, high]."""
        ...


@dataclass
class RandomChoices:
    """Each choice drawn alone, uniformly on its own scale; `values` keeps what was drawn."""

    rng: np.random.Generator
    values: dict[str, Value] = field(default_factory=dict)

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return one of `choices`, each as likely as the others."""
        return self._keep(name, choices[int(self.rng.integers(len(choices)))])

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        """Return an integer in [low, high]; on a log scale each doubling is as likely."""
        if log:
            drawn = round(_log_uniform(self.rng, low - 0.5, high + 0.5))
            return self._keep(name, min(max(drawn, low), high))
        return self._keep(name, low + step * int(self.rng.integers((high - low) // step + 1)))

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        /,
        *,
        step: float | None = None,
        log: bool = False,
    ) -> float:
        """Return a number in [low, high]."""
        if log:
            return self._keep(name, min(max(_log_uniform(self.rng, low, high), low), high))
        if step is not None:
            steps = int(self.rng.integers(round((high - low) / step) + 1))
            return self._keep(name, min(low + step * steps, high))  # 3 x 0.1 is above 0.3
        return self._keep(name, float(self.rng.uniform(low, high)))

    def _keep(self, name: str, value: T) -> T:
        self.values[name] = value
        return value


@dataclass
class NeighbourChoices(RandomChoices):
    """The values of `parent`; those that `moves` names are redrawn with probability `rate`.

    New names are drawn.
    """

    parent: Mapping[str, Value] = field(default_factory=dict)
    rate: float = 0.1
    moves: Callable[[str], bool] = lambda _: True

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the parent's value, or one of `choices`."""
        if self._inherits(name) and self.parent[name] in choices:
            return self._keep(name, choices[list(choices).index(self.parent[name])])
        return super().suggest_categorical(name, choices)

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        """Return the parent's value, or an integer in [low, high]."""
        if self._inherits(name):
            return self._keep(name, int(self.parent[name]))
        return super().suggest_int(name, low, high, step=step, log=log)

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        /,
        *,
        step: float | None = None,
        log: bool = False,
    ) -> float:
        """Return the parent's value, or a number in [low, high]."""
        if self._inherits(name):
            return self._keep(name, float(self.parent[name]))
        return super().suggest_float(name, low, high, step=step, log=log)

    def _inherits(self, name: str) -> bool:
        if name not in self.parent:
            return False
        return not self.moves(name) or bool(self.rng.random() >= self.rate)


@dataclass
class MinimumChoices:
    """The lowest of each choice (the first, where values are words); `fixed` overrides."""

    fixed: Mapping[str, Value] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the smallest number, or the first word."""
        numbers = all(isinstance(value, int | float) for value in choices)
        self.values[name] = self.fixed.get(name, min(choices) if numbers else choices[0])
        return self.values[name]

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        """Return `low`."""
        self.values[name] = self.fixed.get(name, low)
        return int(self.values[name])

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        /,
        *,
        step: float | None = None,
        log: bool = False,
    ) -> float:
        """Return `low`."""
        self.values[name] = self.fixed.get(name, low)
        return float(self.values[name])


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return exp(float(rng.uniform(log(low), log(high))))
