"""Whether each value that a search space names for its front ends works with some of the others.

A value that never does would only thin the search: each trial that draws it is rejected. Which
settings work together, only a kind can tell, so combinations are drawn until one works; a value
that `TRIES` of them refuse counts as one that never does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.frontend import KINDS, FrontEndSettings
from nas.frontend.fields import COMMON
from nas.space.candidate import Value
from nas.space.choices import RandomChoices
from nas.space.frontend import FrontEndGrid, KindPlan

__all__ = ["Unworkable", "unworkable"]

TRIES = 400
LONG_MS = 60_000
"""A clip where none is named: the data say, and a load does not know them."""


@dataclass(frozen=True)
class Unworkable:
    """A value that works with no combination of the others; `reason` is that of the last one.

    Where none of a kind's combinations works, `value` is None and `name` the setting refused last.
    """

    kind: str
    name: str
    value: Value | None
    reason: str


@dataclass
class _Aimed(RandomChoices):
    """Everything drawn but one setting, which is `value` wherever it may be."""

    name: str = ""
    value: Value = ""
    met: bool = False

    def suggest_categorical(self, name: str, choices: Any, /) -> Any:
        """Return the value aimed at, or one of `choices`."""
        if name.partition("@")[0].rpartition(".")[2] == self.name and self.value in choices:
            self.met = True
            return self.value
        return super().suggest_categorical(name, choices)


def unworkable(grid: FrontEndGrid) -> Unworkable | None:
    """Return a value of `grid` that never works, or None; a shared one works in no kind."""
    shared: dict[tuple[str, Value], list[Unworkable | None]] = {}
    for kind in grid.kinds:
        for name, value, failed in _tried(grid, kind):
            if name not in grid.kinds[kind]:
                shared.setdefault((name, value), []).append(failed)
            elif failed is not None:
                return failed
    return next((failed[0] for failed in shared.values() if None not in failed), None)


def _tried(grid: FrontEndGrid, kind: str) -> Iterator[tuple[str, Value, Unworkable | None]]:
    """Yield name and value of each setting of `kind`, and what is wrong if it never works."""
    plan = _plan(grid, kind)
    rng, worked = np.random.default_rng(0), set[tuple[str, Value]]()
    for name, values in _varied(grid, kind).items():
        for value in values:
            reason = "" if (name, value) in worked else _search(plan, name, value, rng, worked)
            failed = Unworkable(kind, name, value, reason) if worked else _nothing(kind, reason)
            yield name, value, failed if reason else None


def _nothing(kind: str, reason: str) -> Unworkable:
    """Return what to say where no combination works: the setting that the last one broke on."""
    name, _, said = reason.partition(": ")
    return Unworkable(kind, name, None, said)


def _plan(grid: FrontEndGrid, kind: str) -> KindPlan:
    every = grid.of(kind)["sample_rate_hz"]
    rates = grid.rates(kind, max(int(rate) for rate in every)) or every
    return KindPlan.of(grid, kind, rates, rates, grid.clip_ms or (LONG_MS,))


def _varied(grid: FrontEndGrid, kind: str) -> Mapping[str, tuple[Value, ...]]:
    """Return what is to be tried: not rates, which recordings leave out; hops of frames only."""
    left_out = {"sample_rate_hz"} | ({"hop_ms"} if KINDS[kind].settings().is_waveform else set())
    own = {name: values for name, values in grid.kinds[kind].items() if name not in COMMON}
    common = {name: grid.of(kind)[name] for name in ("window_ms", "hop_ms")}
    clips = {"clip_ms": grid.clip_ms} if grid.clip_ms else {}
    return {n: values for n, values in {**own, **common, **clips}.items() if n not in left_out}


def _search(
    plan: KindPlan,
    name: str,
    value: Value,
    rng: np.random.Generator,
    worked: set[tuple[str, Value]],
) -> str:
    """Return why `value` does not work, or nothing; notes all that `worked` with it."""
    reason, last = "it is never in range", ""
    for _ in range(TRIES):
        choices = _Aimed(rng, name=name, value=value)
        found = plan.suggest(choices)
        if isinstance(found, str):
            last = found
            reason = found if choices.met else reason
            continue
        worked.update(_pairs(found))
        if (name, value) in worked:
            return ""
    return reason if worked else last


def _pairs(settings: FrontEndSettings) -> Iterator[tuple[str, Value]]:
    for name, value in vars(settings).items():
        if isinstance(value, int | float | str):
            yield name, value
