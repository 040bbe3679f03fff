"""The generated clips as a data set."""

import json
from pathlib import Path
from typing import Protocol

from nas.audio.dataset import Clip, Dataset, Split
from nas.audio.household.recipe import HouseholdRecipe
from nas.audio.household.signal import CLIP_LENGTH, SAMPLE_RATE_HZ
from nas.audio.household.sounds import BACKGROUND, LABELS
from nas.audio.household.writing import RECORD, clip_path, generate
from nas.files import digest

__all__ = ["Descriptor", "Options", "dataset", "read"]

CLIP_MS = 1_000 * CLIP_LENGTH // SAMPLE_RATE_HZ


class Options(Protocol):
    """What a descriptor says of the generator."""

    @property
    def seed(self) -> int:
        """Seed of every random choice."""

    @property
    def recipe_version(self) -> int:
        """Version of the generator that the descriptor was written for."""


class Descriptor(Protocol):
    """What is read from ``data/household.yaml``."""

    @property
    def name(self) -> str:
        """Name for display and cache folders."""

    @property
    def clip_ms(self) -> list[int] | None:
        """Clip lengths worth trying; None for the length generated."""

    @property
    def household(self) -> Options:
        """Seed and version."""


def dataset(descriptor: Descriptor, cache_dir: Path) -> Dataset:
    """Return the data set that `descriptor` names, made in `cache_dir` on first use.

    Raises:
        ConfigError: the generator is of another version than the descriptor.
        DataError: the clips cannot be written.
    """
    options = descriptor.household
    recipe = HouseholdRecipe(version=options.recipe_version)
    folder = cache_dir / "household" / f"{recipe.version}-{options.seed}"
    generate(folder, options.seed, recipe)
    clip_ms = tuple(descriptor.clip_ms or [CLIP_MS])
    return read(folder, recipe, name=descriptor.name, clip_ms=clip_ms)


def read(
    folder: Path, recipe: HouseholdRecipe, *, name: str, clip_ms: tuple[int, ...] = (CLIP_MS,)
) -> Dataset:
    """Return the data set that `generate` wrote to `folder`."""
    record = json.loads((folder / RECORD).read_text())
    clips = _clips(folder, recipe)
    noise = LABELS.index(BACKGROUND)
    return Dataset(
        name=name,
        labels=LABELS,
        clips=clips,
        background=tuple(c for c in clips if c.label == noise and c.split is Split.TRAIN),
        sample_rate_hz=SAMPLE_RATE_HZ,
        clip_ms=clip_ms,
        digest=digest({key: record[key] for key in ("recipe", "labels", "samples_sha256")}),
        synthetic=True,
    )


def _clips(folder: Path, recipe: HouseholdRecipe) -> tuple[Clip, ...]:
    """Return every clip by split, label, house and index; its group is its house."""
    houses = range(recipe.houses)
    parts = [(split, [h for h in houses if recipe.split(h) is split]) for split in Split]
    return tuple(
        Clip(folder / clip_path(name, house, index), label, f"house-{house:02d}", split)
        for split, part in parts
        for label, name in enumerate(LABELS)
        for house in part
        for index in range(recipe.clips)
    )
