"""Layout ``household``: the built-in sounds, made by the generator on first use."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field

from nas.audio.dataset import Dataset
from nas.audio.descriptor import Descriptor
from nas.audio.layouts.layout import Source
from nas.config import StrictModel

__all__ = ["HouseholdDescriptor", "HouseholdOptions", "read"]


class HouseholdOptions(StrictModel):
    """Seed and version of the recipe; together they fix every byte."""

    seed: Annotated[int, Field(ge=0)] = 0
    recipe_version: Annotated[int, Field(ge=1)] = 1


class HouseholdDescriptor(Descriptor):
    """Descriptor of the generated data set."""

    layout: Literal["household"]
    household: HouseholdOptions = HouseholdOptions()


def read(descriptor: Descriptor, source: Source) -> Dataset:
    """Return the generated data set; `source.root` is not used.

    The generator is loaded by name on first use: it is not needed for recorded data.
    """
    generator = import_module("nas.audio.household")
    return cast(Dataset, generator.dataset(descriptor, Path(source.cache_dir)))
