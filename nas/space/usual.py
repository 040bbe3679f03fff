"""The front end that people usually take, behind a network drawn by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nas.frontend import KINDS
from nas.frontend.fields import COMMON, fields_of
from nas.space.candidate import Value
from nas.space.choices import NeighbourChoices, RandomChoices

__all__ = ["FEATURES", "BehindUsualFrontEnd", "UsualFrontEnd"]

FEATURES = "frontend."
"""How the names of a front end's choices begin."""
CLIP = "frontend.clip_ms"


@dataclass
class UsualFrontEnd(RandomChoices):
    """The first of `KINDS` that a space names, its settings at their defaults or next to them.

    Everything else is drawn. A search that begins with some of these has a fair picture of what
    the features it is most likely to end with can do, before it spends trials on others.
    """

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the usual one of `choices` for a front end; else one by chance."""
        if not _is_habit(name):
            return super().suggest_categorical(name, choices)
        return self._keep(name, _usual(name, choices))


@dataclass
class BehindUsualFrontEnd(NeighbourChoices):
    """All that `parent` has, but for its front end: the one that `UsualFrontEnd` takes."""

    rate: float = 0.0

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the usual one of `choices` for a front end; else the parent's."""
        if not _is_habit(name):
            return super().suggest_categorical(name, choices)
        return self._keep(name, _usual(name, choices))


def _is_habit(name: str) -> bool:
    return name.startswith(FEATURES) and name != CLIP  # how long a clip is, no habit tells


def _usual(question: str, choices: Sequence[Any]) -> Any:
    """Return the default of a setting, the nearest number, or the first choice."""
    default = _default(question.removeprefix(FEATURES).partition("@")[0])
    if default in choices:
        return default
    if isinstance(default, int | float) and not isinstance(default, bool):
        return min(choices, key=lambda value: abs(float(value) - default))
    return choices[0]


def _default(name: str) -> Value | None:
    kind, _, own = name.rpartition(".")
    if own == "kind" or own not in (COMMON if not kind else fields_of(KINDS[kind].settings)):
        return None
    settings = KINDS[kind].settings if kind else next(iter(KINDS.values())).settings
    value: Value = getattr(settings(), own)
    return value
