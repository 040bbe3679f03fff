"""A search space: what may be chosen, and the candidate that a set of choices makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nas import config
from nas.errors import ConfigError
from nas.files import digest
from nas.space.candidate import Candidate, Value
from nas.space.choices import Choices
from nas.space.domain import Ask, Range, asker, values_of
from nas.space.families import FAMILIES, Family
from nas.space.frontend import FrontEndGrid, FrontEndPlan
from nas.space.schema import TrainingGrid, space_file

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
    _plans: dict[tuple[int, tuple[int, ...]], "_Plan"] = field(default_factory=dict, init=False)

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
        plan = self._plan(sample_rate_hz, tuple(clip_ms))
        family = str(plan.family(choices))
        frontend = plan.frontend.suggest(choices, family)
        network = plan.networks[family](choices)
        return Candidate(family, frontend, network, plan.train(choices, frontend.is_waveform))

    def _plan(self, sample_rate_hz: int, clip_ms: tuple[int, ...]) -> "_Plan":
        key = sample_rate_hz, clip_ms
        if key not in self._plans:
            self._plans[key] = _Plan.of(self, sample_rate_hz, clip_ms)
        return self._plans[key]

    def describe(self) -> dict[str, Any]:
        """Return every domain, defaults included, as plain values."""
        return {
            "families": {
                name: {key: values_of(domain) for key, domain in domains.items()}
                for name, domains in self.families.items()
            },
            "frontend": self.frontend.describe(),
            "training": self.training.model_dump(),
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the description: the same for spaces that hold the same candidates."""
        return digest(self.describe())


@dataclass(frozen=True)
class _Plan:
    """All questions about recordings of one kind, made once: a search asks thousands of times."""

    family: Ask
    frontend: FrontEndPlan
    networks: Mapping[str, Callable[[Choices], dict[str, Value]]]
    training: Mapping[str, Ask]

    @classmethod
    def of(cls, space: Space, sample_rate_hz: int, clip_ms: Sequence[int]) -> "_Plan":
        try:
            front = FrontEndPlan.of(space.frontend, space.families, sample_rate_hz, clip_ms)
        except ConfigError as error:
            raise ConfigError(f"search space {space.name}: {error}") from None
        training = {name: getattr(space.training, name) for name in TrainingGrid.model_fields}
        return cls(
            family=asker("family", tuple(space.families)),
            frontend=front,
            networks={
                name: _network_asker(FAMILIES[name], domains)
                for name, domains in space.families.items()
            },
            training={name: asker(f"training.{name}", it) for name, it in training.items()},
        )

    def train(self, choices: Choices, waveform: bool) -> dict[str, Value]:
        """Return the training choices; a waveform has no bands to mask."""
        if not waveform:
            return {name: ask(choices) for name, ask in self.training.items()}
        asked = {n: ask(choices) for n, ask in self.training.items() if n != "spec_augment"}
        return {**asked, "spec_augment": "off"}


def _network_asker(family: Family, domains: Domains) -> Callable[[Choices], dict[str, Value]]:
    """Return a function from choices to the family's canonical network."""
    known: dict[tuple[str, int | None], Ask] = {}

    def ask(stem: str, index: int | None) -> Ask:
        name = f"{family.name}.{stem}" + ("" if index is None else f"_{index}")
        return known.setdefault((stem, index), asker(name, domains[stem]))

    def suggest(choices: Choices) -> dict[str, Value]:
        def pick(stem: str, index: int | None = None) -> Value:
            found = known.get((stem, index)) or ask(stem, index)
            return found(choices)

        return family.suggest(pick)

    return suggest


def load_space(name: str) -> Space:
    """Read the search space that `name` stands for (a path, or a file of search_spaces/).

    Raises:
        ConfigError: no such file, or something in it cannot be; names file and line.
    """
    path = config.resolve("search_spaces", name)
    file = config.parse(space_file(), path)
    families: dict[str, Domains] = {}
    for family in FAMILIES.values():
        overrides = getattr(file.families, family.name)
        if overrides is not None:
            given = {key: getattr(overrides, key) for key in overrides.model_fields_set}
            families[family.name] = {**family.domains, **given}
    return Space(path.stem, families, file.frontend.grid(), file.training)
