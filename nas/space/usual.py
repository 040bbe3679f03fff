"""What people usually take, and what usually trains well: where a search begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nas.frontend import KINDS
from nas.frontend.fields import COMMON, fields_of
from nas.space.candidate import Value
from nas.space.choices import NeighbourChoices, RandomChoices

__all__ = ["FEATURES", "TRAINING", "BehindUsualFrontEnd", "UsualChoices"]

FEATURES = "frontend."
"""How the names of a front end's choices begin."""
CLIP = "frontend.clip_ms"

TRAINING: Mapping[str, Value] = {
    "training.learning_rate": 0.012,
    "training.batch_size": 32,
    "training.dropout": 0.2,
    "training.weight_decay": 1e-3,
    "training.label_smoothing": 0.0,
    "training.augment": "light",
    "training.spec_augment": "light",
}
"""What the best candidates of 20 searches had most often, by validation loss, on two public data
sets of spoken words (Free Spoken Digits, Speech Commands); the learning rate is the geometric mean
of theirs."""


@dataclass
class UsualChoices(RandomChoices):
    """Usual features and a usual training: `KINDS`' first that a space names, and `TRAINING`.

    Settings are at their defaults or next to them; the network is drawn by chance. A search that
    begins with some of these has a fair picture of what the choices it is most likely to end with
    can do, before it spends trials on others: with a training that does not suit them, good
    networks and features look like bad ones.
    """

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the usual one of `choices` for front end and training; else one by chance."""
        if _is_habit(name):
            return self._keep(name, _usual(name, choices))
        if name in TRAINING:
            return self._keep(name, _nearest(TRAINING[name], choices))
        return super().suggest_categorical(name, choices)

    def suggest_int(
        self, name: str, low: int, high: int, /, *, step: int = 1, log: bool = False
    ) -> int:
        """Return the usual integer, or the nearest in [low, high]; for a network one by chance."""
        if name not in TRAINING:
            return super().suggest_int(name, low, high, step=step, log=log)
        return self._keep(name, round(_on_grid(float(TRAINING[name]), low, high, step)))

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
        """Return the usual number, or the nearest in [low, high]; for a network one by chance."""
        if name not in TRAINING:
            return super().suggest_float(name, low, high, step=step, log=log)
        return self._keep(name, _on_grid(float(TRAINING[name]), low, high, step))


@dataclass
class BehindUsualFrontEnd(NeighbourChoices):
    """All that `parent` has, but for its front end: the one that `UsualChoices` takes."""

    rate: float = 0.0

    def suggest_categorical(self, name: str, choices: Sequence[Any], /) -> Any:
        """Return the usual one of `choices` for a front end; else the parent's."""
        if not _is_habit(name):
            return super().suggest_categorical(name, choices)
        return self._keep(name, _usual(name, choices))


def _is_habit(name: str) -> bool:
    return name.startswith(FEATURES) and name != CLIP  # how long a clip is, no habit tells


def _usual(question: str, choices: Sequence[Any]) -> Any:
    return _nearest(_default(question.removeprefix(FEATURES).partition("@")[0]), choices)


def _nearest(wanted: Value | None, choices: Sequence[Any]) -> Any:
    """Return what is wanted, the nearest number, or the first choice."""
    if wanted in choices:
        return wanted
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return min(choices, key=lambda value: abs(float(value) - wanted))
    return choices[0]


def _on_grid(wanted: float, low: float, high: float, step: float | None) -> float:
    """Return the number nearest to `wanted` in [low, high], in steps from `low` where given."""
    inside = min(max(wanted, low), high)
    return inside if step is None else low + step * round((inside - low) / step)


def _default(name: str) -> Value | None:
    kind, _, own = name.rpartition(".")
    if own == "kind" or own not in (COMMON if not kind else fields_of(KINDS[kind].settings)):
        return None
    settings = KINDS[kind].settings if kind else next(iter(KINDS.values())).settings
    value: Value = getattr(settings(), own)
    return value
