"""A search space: what may be chosen, and the candidate that a set of choices makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nas import config
from nas.errors import ConfigError
from nas.files import digest
from nas.frontend import LogMelSettings
from nas.space.build import ImpossibleCandidate
from nas.space.candidate import Candidate, Value
from nas.space.choices import Choices
from nas.space.domain import Range, pick, values_of
from nas.space.families import FAMILIES, Family
from nas.space.schema import FrontEndGrid, SpaceFile, TrainingGrid

__all__ = ["Space", "load_space"]

Domains = dict[str, Sequence[Value] | Range]


@dataclass(frozen=True, eq=False)
class Space:
    """Families with the domains of their choices, front-end grids, training choices.

    Attributes:
        name: of the file it was read from.
        families: domains of the choices of each family, by family name.
        frontend: grids of the front end.
        training: domains of the training choices.
    """

    name: str
    families: dict[str, Domains]
    frontend: FrontEndGrid
    training: TrainingGrid

    def suggest(
        self, choices: Choices, *, sample_rate_hz: int, clip_ms: Sequence[int]
    ) -> Candidate:
        """Return the candidate that `choices` picks for recordings of that rate and clip length.

        Args:
            choices: asked for each value by a stable name, such as ``ds_cnn.kernel_2``.
            sample_rate_hz: of the recordings; higher rates are not tried.
            clip_ms: clip lengths that suit the data; the space's own go before them.

        Raises:
            ImpossibleCandidate: the front end does not fit, as a window longer than the clip.
            ConfigError: no sample rate of the space is at or below the recordings'.
        """
        family = FAMILIES[str(pick(choices, "family", list(self.families)))]
        return Candidate(
            family=family.name,
            frontend=self._suggest_frontend(choices, sample_rate_hz, clip_ms),
            network=self._suggest_network(choices, family),
            training=self._suggest_training(choices),
        )

    def _suggest_network(self, choices: Choices, family: Family) -> dict[str, Value]:
        domains = self.families[family.name]

        def pick_from(stem: str, index: int | None = None) -> Value:
            name = f"{family.name}.{stem}" + ("" if index is None else f"_{index}")
            return pick(choices, name, domains[stem])

        return family.suggest(pick_from)

    def _suggest_training(self, choices: Choices) -> dict[str, Value]:
        domains = {name: getattr(self.training, name) for name in TrainingGrid.model_fields}
        return {name: pick(choices, f"training.{name}", it) for name, it in domains.items()}

    def _suggest_frontend(
        self, choices: Choices, sample_rate_hz: int, clip_ms: Sequence[int]
    ) -> LogMelSettings:
        grid = self.frontend
        rates = self._rates(sample_rate_hz)
        rate = _pick_int(choices, "sample_rate_hz", rates)
        window = _pick_int(choices, "window_ms", grid.window_ms)
        hops = [hop for hop in grid.hop_ms if hop <= window]
        highs = [high for high in grid.fmax_hz if high <= rate // 2]
        try:
            return LogMelSettings(
                sample_rate_hz=rate,
                clip_ms=_pick_int(choices, "clip_ms", grid.clip_ms or clip_ms),
                window_ms=window,
                hop_ms=_pick_int(choices, _of("hop_ms", hops, grid.hop_ms, window), hops),
                n_mels=_pick_int(choices, "n_mels", grid.n_mels),
                fmin_hz=_pick_int(choices, "fmin_hz", grid.fmin_hz),
                fmax_hz=_pick_int(choices, _of("fmax_hz", highs, grid.fmax_hz, rate), highs),
            )
        except ConfigError as error:
            raise ImpossibleCandidate(f"frontend: {error}") from None

    def _rates(self, sample_rate_hz: int) -> list[int]:
        lowest = min(self.frontend.fmax_hz) * 2
        rates = [r for r in self.frontend.sample_rate_hz if lowest <= r <= sample_rate_hz]
        if not rates:
            raise ConfigError(
                f"search space {self.name}: no frontend.sample_rate_hz is at or below the "
                f"recordings' {sample_rate_hz} Hz and at least twice the lowest fmax_hz; add one"
            )
        return rates

    def describe(self) -> dict[str, Any]:
        """Return every domain, defaults included, as plain values."""
        return {
            "families": {
                name: {key: values_of(domain) for key, domain in domains.items()}
                for name, domains in self.families.items()
            },
            "frontend": self.frontend.model_dump(),
            "training": self.training.model_dump(),
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the description: the same for spaces that hold the same candidates."""
        return digest(self.describe())


def load_space(name: str) -> Space:
    """Read the search space that `name` stands for (a path, or a file of search_spaces/).

    Raises:
        ConfigError: no such file, or something in it cannot be; names file and line.
    """
    path = config.resolve("search_spaces", name)
    file = config.parse(SpaceFile, path)
    families: dict[str, Domains] = {}
    for family in FAMILIES.values():
        overrides = getattr(file.families, family.name)
        if overrides is not None:
            given = {key: getattr(overrides, key) for key in overrides.model_fields_set}
            families[family.name] = {**family.domains, **given}
    return Space(path.stem, families, file.frontend, file.training)


def _pick_int(choices: Choices, name: str, values: Sequence[int]) -> int:
    return int(pick(choices, f"frontend.{name}", list(dict.fromkeys(values))))


def _of(name: str, allowed: list[int], every: list[int], given: int) -> str:
    """Return `name`, with the value it depends on where not all values are allowed.

    A choice's domain must not change from trial to trial, so each domain has its own name.
    """
    return name if len(allowed) == len(every) else f"{name}@{given}"
