"""Which front ends a search may choose: grids of values, and the questions that pick among them.

Nothing here knows a kind: names, types, defaults and ranges come from `nas.frontend.KINDS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from nas.errors import ConfigError
from nas.frontend import KINDS, FrontEndSettings, check
from nas.frontend.fields import COMMON, bounds, fields_of
from nas.space.build import ImpossibleCandidate
from nas.space.candidate import Value
from nas.space.choices import Choices
from nas.space.domain import Ask, asker
from nas.space.families import FAMILIES

__all__ = ["FrontEndGrid", "FrontEndPlan", "KindPlan"]

Values = tuple[Value, ...]


@dataclass(frozen=True)
class FrontEndGrid:
    """Values of each setting; coarse, so that cached features are met again.

    Attributes:
        common: sample_rate_hz, window_ms and hop_ms for all kinds that have no others.
        clip_ms: clip lengths; None for those that suit the data.
        kinds: values of every setting of a kind's own, by kind.
    """

    common: Mapping[str, Values]
    clip_ms: Values | None
    kinds: Mapping[str, Mapping[str, Values]]

    def of(self, kind: str) -> Mapping[str, Values]:
        """Return the values of all settings of `kind`, its own before the common ones."""
        return {**self.common, **self.kinds[kind]}

    def possible(self, kind: str, name: str, rate: Value) -> Values:
        """Return the values of `name` that are in range at `rate` beside some other values."""
        settings, grid = KINDS[kind].settings, self.of(kind)
        corners = [
            {key: pick(values) for key, values in grid.items() if _ordered(values)}
            | {"sample_rate_hz": rate}
            for pick in (min, max)
        ]

        def fits(value: Value) -> bool:
            found = [bounds(settings, corner | {name: value}, name) for corner in corners]
            return any(it is None or it[0] <= float(value) <= it[1] for it in found)

        return tuple(value for value in grid[name] if isinstance(value, str) or fits(value))

    def rates(self, kind: str, highest: int) -> Values:
        """Return the sample rates up to `highest` at which each setting has a value."""
        own = [name for name in self.kinds[kind] if name not in COMMON]
        return tuple(
            rate
            for rate in self.of(kind)["sample_rate_hz"]
            if int(rate) <= highest and all(self.possible(kind, name, rate) for name in own)
        )

    def describe(self) -> dict[str, Any]:
        """Return all values as plain lists."""
        return {
            **{name: list(values) for name, values in self.common.items()},
            "clip_ms": None if self.clip_ms is None else list(self.clip_ms),
            "kinds": {
                kind: {name: list(values) for name, values in own.items()}
                for kind, own in self.kinds.items()
            },
        }


def _ordered(values: Values) -> bool:
    return not any(isinstance(value, str) for value in values)


@dataclass(frozen=True)
class FrontEndPlan:
    """The questions for recordings of one rate and some clip lengths.

    A choice's domain never changes from trial to trial: where the values allowed depend on an
    earlier choice, each domain has its own name, as ``frontend.hop_ms@25`` (see `_named`).
    """

    _kinds: Mapping[str, Ask]
    _plans: Mapping[Value, "KindPlan"]

    @classmethod
    def of(
        cls, grid: FrontEndGrid, families: Iterable[str], sample_rate_hz: int, clips: Sequence[int]
    ) -> "FrontEndPlan":
        """Return the plan; raises ConfigError where a family is left without a front end."""
        rates = {kind: grid.rates(kind, sample_rate_hz) for kind in grid.kinds}
        usable = {kind: found for kind, found in rates.items() if found}
        if not usable:
            raise ConfigError(_no_rate(grid, sample_rate_hz))
        lengths = grid.clip_ms or tuple(dict.fromkeys(clips))
        every = tuple(dict.fromkeys(rate for found in usable.values() for rate in found))
        return cls(
            {family: _ask_kind(family, tuple(usable)) for family in families},
            {
                kind: KindPlan.of(grid, kind, found, every, lengths)
                for kind, found in usable.items()
            },
        )

    def suggest(self, choices: Choices, family: str) -> FrontEndSettings:
        """Return the settings that `choices` picks; raises ImpossibleCandidate."""
        found = self._plans[self._kinds[family](choices)].suggest(choices)
        if isinstance(found, str):
            raise ImpossibleCandidate(f"frontend: {found}")
        return found


@dataclass(frozen=True)
class KindPlan:
    """Questions in the order of the dataclass: the common settings, then the kind's own."""

    made: Callable[..., FrontEndSettings | str]
    rate: Ask
    window: Ask
    clip: Ask
    hops: Mapping[Value, Ask]
    own: Mapping[Value, "_Own"]

    @classmethod
    def of(
        cls, grid: FrontEndGrid, kind: str, rates: Values, every: Values, clips: Values
    ) -> "KindPlan":
        """Return the questions about one kind: its `rates`, of `every` rate there is."""
        values, given = grid.of(kind), grid.kinds[kind]
        windows = values["window_ms"]

        def stem(name: str) -> str:
            return f"frontend.{kind}.{name}" if name in given else f"frontend.{name}"

        return cls(
            made=lru_cache(maxsize=1 << 14)(partial(_settings, KINDS[kind].settings)),
            rate=asker(_named(stem("sample_rate_hz"), rates, every, kind), rates),
            window=asker(stem("window_ms"), windows),
            clip=asker("frontend.clip_ms", clips),
            hops={window: _ask_hop(grid, kind, stem("hop_ms"), window) for window in windows},
            own={rate: _ask_own(grid, kind, rate) for rate in rates},
        )

    def suggest(self, choices: Choices) -> FrontEndSettings | str:
        """Return the settings, or why there are none."""
        rate, window, clip = self.rate(choices), self.window(choices), self.clip(choices)
        hop = self.hops[window](choices)
        return self.made(rate, clip, window, hop, *self.own[rate].pick(choices))


@dataclass(frozen=True)
class _Own:
    """Values of a kind's own settings at one rate, and the questions for those that vary."""

    values: Values
    asks: tuple[tuple[int, Ask], ...]

    def pick(self, choices: Choices) -> list[Value]:
        """Return a value of each, in the order of the fields."""
        picked = list(self.values)
        for place, ask in self.asks:
            picked[place] = ask(choices)
        return picked


def _settings(kind: type[FrontEndSettings], *values: Value) -> FrontEndSettings | str:
    """Return the settings with `values` in the order of the fields, or what is wrong with them."""
    given: dict[str, int] = dict(zip(fields_of(kind), values, strict=True))  # type: ignore[arg-type]
    try:
        settings = kind(**given)
        check(settings)
    except ConfigError as error:
        return str(error)
    return settings


def _ask_kind(family: str, kinds: Sequence[str]) -> Ask:
    fits = [kind for kind in kinds if FAMILIES[family].takes(KINDS[kind].settings())]
    if not fits:
        raise ConfigError(
            f"families.{family}: takes frames of bins, and of the front ends only "
            f"{', '.join(kinds)} can be had, a waveform; name another kind or leave {family} out"
        )
    return asker(_named("frontend.kind", fits, kinds, family), fits)


def _ask_hop(grid: FrontEndGrid, kind: str, name: str, window: Value) -> Ask:
    """Frames of a waveform touch; of others the hop is at most the window."""
    if KINDS[kind].settings().is_waveform:
        return asker(name, [window])
    every = grid.of(kind)["hop_ms"]
    hops = [hop for hop in every if float(hop) <= float(window)]
    return asker(_named(name, hops, every, window), hops)


def _ask_own(grid: FrontEndGrid, kind: str, rate: Value) -> _Own:
    values, asks = [], []
    for place, name in enumerate(list(fields_of(KINDS[kind].settings))[len(COMMON) :]):
        allowed, every = grid.possible(kind, name, rate), grid.kinds[kind][name]
        values.append(allowed[0])
        if len(allowed) > 1:
            named = _named(f"frontend.{kind}.{name}", allowed, every, rate)
            asks.append((place, asker(named, allowed)))
    return _Own(tuple(values), tuple(asks))


def _named(name: str, allowed: Sequence[Value], every: Sequence[Value], given: Value) -> str:
    """Return `name`, with the value it depends on where not all values are allowed."""
    return name if len(allowed) == len(every) else f"{name}@{given}"


def _no_rate(grid: FrontEndGrid, highest: int) -> str:
    return (
        f"no frontend.sample_rate_hz is at or below the recordings' {highest} Hz and high enough "
        f"for a value of each setting of {', '.join(grid.kinds)}; add one"
    )
