"""Settings of any kind of front end, drawn at random over all that it accepts.

Nothing here knows a kind: numbers are drawn from `FrontEndSettings.ranges`, other fields from
their `Literal`, or from a table CHOICES beside the class. What the kind refuses is drawn again.
"""

import sys
from dataclasses import fields, replace
from enum import EnumMeta
from functools import cache
from itertools import islice
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from nas.errors import ConfigError
from nas.frontend import FrontEndSettings
from nas.frontend.fields import learnt_of
from nas.frontend.kind import Kind

__all__ = ["CASES_A_KIND", "designed_settings", "random_settings"]

CASES_A_KIND = 48
SEED = 40
RATES = (4_000, 8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)
FRAMES = (3, 7)
"""Frames of a clip: from, below."""
LONGEST_MS = 60_000
LEARNT = {"channel_gains": (1, 32_768), "channel_offsets": (-16_000, 16_001)}
"""Values of each channel: from, below."""
SHARE = (0, 1)
"""Range of a number that `ranges` does not name."""

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
            return _taught(settings, rng)


def _taught(settings: FrontEndSettings, rng: Rng) -> FrontEndSettings:
    """Return settings with values at random where they would be learnt."""
    if not settings.is_unlearnt:
        return settings
    drawn: dict[str, Any] = {
        name: tuple(rng.integers(*LEARNT[name], settings.n_bins).tolist())
        for name in learnt_of(type(settings))
    }
    return replace(settings, **drawn)


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
    old = getattr(draft, name)
    choices = RATES if name == "sample_rate_hz" else _choices(type(draft), name, hint)
    if choices:
        return choices[int(rng.integers(len(choices)))]
    if not isinstance(old, int | float):
        return old
    ranges = {ranged: (low, high) for ranged, _, low, high in draft.ranges()}
    low, high = ranges.get(name, SHARE)
    if low > high:
        return old
    return _whole(int(low), int(high), rng) if isinstance(old, int) else _real(low, high, rng)


def _choices(kind: type[FrontEndSettings], name: str, hint: Any) -> tuple[Any, ...]:
    """Return the values that a field's type names, or a table CHOICES beside its class."""
    if hint is bool:
        return False, True
    if get_origin(hint) is Literal:
        return get_args(hint)
    if isinstance(hint, EnumMeta):
        return tuple(hint)
    tables = (getattr(sys.modules[one.__module__], "CHOICES", {}) for one in kind.__mro__)
    return next((table[name] for table in tables if name in table), ())


def _whole(low: int, high: int, rng: Rng) -> int:
    """Return an end, a power of two, a number even in its logarithm, or an even one."""
    way = int(rng.integers(10))
    if way < 2:
        return high if way else low
    if way == 2:
        powers = [1 << n for n in range(high.bit_length()) if low <= 1 << n <= high]
        return powers[int(rng.integers(len(powers)))] if powers else low
    if way < 6:
        return low + int(np.exp(rng.uniform(0.0, np.log(high - low + 1)))) - 1
    return int(rng.integers(low, high + 1))


def _real(low: float, high: float, rng: Rng) -> float:
    """Return an end, or an even number; where it spans decades, one even in its logarithm."""
    way = int(rng.integers(10))
    if way < 2:
        return high if way else low
    drawn = np.exp(rng.uniform(*np.log((low, high)))) if low > 0.0 else rng.uniform(low, high)
    return float(np.clip(float(f"{drawn:.4g}"), low, high))


def _clip_ms(draft: FrontEndSettings, rng: Rng) -> int:
    hops = int(rng.integers(*FRAMES)) - 1
    return draft.window_ms + hops * draft.hop_ms + int(rng.integers(draft.hop_ms))
