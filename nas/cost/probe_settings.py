"""Settings of any kind of front end, drawn at random over all that it accepts.

Nothing here knows a kind: whole numbers are drawn from `FrontEndSettings.ranges`, other fields
from the values that their type allows. What the kind refuses is drawn again.
"""

from dataclasses import fields
from enum import EnumMeta
from functools import cache
from itertools import islice
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from nas.errors import ConfigError
from nas.frontend import FrontEndSettings
from nas.frontend.kind import Kind

__all__ = ["CASES_A_KIND", "designed_settings", "random_settings"]

CASES_A_KIND = 48
SEED = 40
RATES = (4_000, 8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)
FRAMES = (3, 7)
"""Frames of a clip: from, below."""
LONGEST_MS = 60_000

Rng = np.random.Generator


@cache
def designed_settings(kind: Kind) -> tuple[FrontEndSettings, ...]:
    """Return the settings that `kind` is counted at: its defaults, then random ones."""
    rng = np.random.default_rng(SEED)
    drawn = iter(lambda: random_settings(kind, rng), None)
    return (kind.settings(), *islice(drawn, CASES_A_KIND - 1))


def random_settings(kind: Kind, rng: Rng) -> FrontEndSettings:
    """Return settings that `kind` accepts, on a clip of a few frames."""
    while True:
        values = _drawn(kind.settings, rng)
        try:
            settings = kind.settings(**values)
        except ConfigError:
            continue
        if kind.problem(settings) is None:
            return settings


def _drawn(kind: type[FrontEndSettings], rng: Rng) -> dict[str, Any]:
    """Return values of all fields; drawn twice over, as ranges depend on other fields."""
    hints = get_type_hints(kind)
    draft = object.__new__(kind)
    for field in fields(kind):
        object.__setattr__(draft, field.name, field.default)
    object.__setattr__(draft, "clip_ms", LONGEST_MS)
    names = [field.name for field in fields(kind) if field.name != "clip_ms"]
    for name in (*names, *names):
        object.__setattr__(draft, name, _value(draft, name, hints[name], rng))
    object.__setattr__(draft, "clip_ms", _clip_ms(draft, rng))
    return {field.name: getattr(draft, field.name) for field in fields(kind)}


def _value(draft: FrontEndSettings, name: str, hint: Any, rng: Rng) -> Any:
    choices = _choices(hint)
    if choices:
        return choices[int(rng.integers(len(choices)))]
    if name == "sample_rate_hz":
        return RATES[int(rng.integers(len(RATES)))]
    for ranged, old, low, high in draft.ranges():
        if ranged == name:
            return _number(low, high, rng) if low <= high else old
    return getattr(draft, name)


def _number(low: int, high: int, rng: Rng) -> int:
    """Return one of the ends, or a number even in its logarithm, or an even one."""
    way = int(rng.integers(10))
    if way == 0:
        return (low, high)[int(rng.integers(2))]
    if way < 5:
        span = np.log(high - low + 1)
        return low + int(np.exp(rng.uniform(0.0, span))) - 1
    return int(rng.integers(low, high + 1))


def _choices(hint: Any) -> tuple[Any, ...]:
    if hint is bool:
        return False, True
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(hint) if isinstance(hint, EnumMeta) else ()


def _clip_ms(draft: FrontEndSettings, rng: Rng) -> int:
    hops = int(rng.integers(*FRAMES)) - 1
    return draft.window_ms + hops * draft.hop_ms + int(rng.integers(draft.hop_ms))
