"""Built-in data: generated household sounds, nothing to download."""

from nas.audio.household.loading import dataset, read
from nas.audio.household.recipe import RECIPE_VERSION, HouseholdRecipe
from nas.audio.household.sounds import LABELS
from nas.audio.household.writing import generate

__all__ = ["LABELS", "RECIPE_VERSION", "HouseholdRecipe", "dataset", "generate", "read"]
