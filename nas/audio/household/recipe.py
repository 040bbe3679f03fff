"""How much is made, and which houses are held out."""

from dataclasses import asdict, dataclass
from typing import Any

from nas.audio.dataset import Split
from nas.errors import ConfigError

__all__ = ["RECIPE_VERSION", "HouseholdRecipe"]

RECIPE_VERSION = 1  # raise it whenever a sample of any clip changes


@dataclass(frozen=True, kw_only=True)
class HouseholdRecipe:
    """Amounts; raises ConfigError where a split would be empty.

    Attributes:
        version: of the generator; the cached clips of another version are not reused.
        houses: each with its own devices, room and noise.
        clips: per class and house.
        validation_houses: houses held out for validation.
        test_houses: houses held out for the test, the last ones.
    """

    version: int = RECIPE_VERSION
    houses: int = 20
    clips: int = 10
    validation_houses: int = 3
    test_houses: int = 3

    def __post_init__(self) -> None:
        if self.version != RECIPE_VERSION:
            raise ConfigError(
                f"recipe_version: {self.version} is not known here; use {RECIPE_VERSION}"
            )
        for name in ("clips", "validation_houses", "test_houses", "train_houses"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name}: {getattr(self, name)} is below 1")

    @property
    def train_houses(self) -> int:
        """Houses left for training, the first ones."""
        return self.houses - self.validation_houses - self.test_houses

    def split(self, house: int) -> Split:
        """Return the part that the clips of `house` belong to."""
        if house < self.train_houses:
            return Split.TRAIN
        held_out = house - self.train_houses
        return Split.VALIDATION if held_out < self.validation_houses else Split.TEST

    def to_dict(self) -> dict[str, Any]:
        """Return the amounts as plain values."""
        return asdict(self)
