import math

import pytest

from nas.errors import ConfigError
from nas.train.recipe import Recipe, learning_rate_at


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (0.0, 0.0),
        (0.05, 0.5),
        (0.1, 1.0),
        (0.55, 0.01 + 0.99 * 0.5),  # half way down: cos(pi / 2) = 0
        (1.0, 0.01),
        (1.7, 0.01),
    ],
)
def test_rate_rises_linearly_and_falls_as_a_cosine(progress: float, expected: float) -> None:
    rate = learning_rate_at(progress, 0.1, 3.0)
    assert math.isclose(rate, 3.0 * expected, abs_tol=1e-12)


def test_choices_and_changes_override_the_defaults() -> None:
    recipe = Recipe.of({"learning_rate": 0.5, "optimizer": "adam", "mixup": 0.1}, mixup=0.0)
    assert (recipe.learning_rate, recipe.mixup) == (0.5, 0.0)


@pytest.mark.parametrize("training", [{"optimizer": "sgd"}, {"learning_rat": 1.0}])
def test_unknown_choices_are_refused_by_name(training: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"training\.(optimizer|learning_rat)"):
        Recipe.of(training)
