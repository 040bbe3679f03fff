"""Choices that remember what was asked and answered, so that any source can be told to Optuna."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna.distributions import BaseDistribution

from nas.search.record import Asked, categorical, distribution
from nas.space.choices import Choices

__all__ = ["RecordedChoices"]


@dataclass
class RecordedChoices:
    """Passes each question on to `source` and keeps name, domain and value.

    Attributes:
        source: gives the values.
        domains: of questions that were asked before of the same space and kind of recordings,
            by name; new ones are added. To make one takes longer than to answer its question.
    """

    source: Choices
    domains: dict[str, BaseDistribution] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    distributions: dict[str, BaseDistribution] = field(default_factory=dict)

    @property
    def asked(self) -> Asked:
        """What was asked so far."""
        return Asked(self.params, self.distributions)

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the source's value."""
        value = self.source.suggest_categorical(name, choices)
        if name not in self.domains:
            self.domains[name] = categorical(choices)
        self.params[name], self.distributions[name] = value, self.domains[name]
        return value

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        """Return the source's value."""
        value = int(self.source.suggest_int(name, low, high, step=step, log=log))
        if name not in self.domains:
            self.domains[name] = distribution(low, high, step=step, log=log, whole=True)
        self.params[name], self.distributions[name] = value, self.domains[name]
        return value

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
        """Return the source's value."""
        value = float(self.source.suggest_float(name, low, high, step=step, log=log))
        if name not in self.domains:
            self.domains[name] = distribution(low, high, step=step, log=log, whole=False)
        self.params[name], self.distributions[name] = value, self.domains[name]
        return value
