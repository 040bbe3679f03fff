"""The front end that people usually take, behind a network drawn by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nas.frontend import KINDS
from nas.frontend.fields import COMMON, fields_of
from nas.space.candidate import Value
from nas.space.choices import RandomChoices

__all__ = ["FEATURES", "UsualFrontEnd"]

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
        if not name.startswith(FEATURES) or name == CLIP:  # how long a clip is, no habit tells
            return super().suggest_categorical(name, choices)
        return self._keep(name, _usual(name.removeprefix(FEATURES).partition("@")[0], choices))


def _usual(name: str, choices: Sequence[Any]) -> Any:
    """Return the default of the setting `name`, the nearest number, or the first choice."""
    default = _default(name)
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
