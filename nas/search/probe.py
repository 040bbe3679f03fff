"""When nothing fits: which limit binds, and the smallest value of it that was reached."""

from collections.abc import Callable
from functools import partial

import numpy as np

from nas.budget import amount
from nas.errors import NoFeasibleModelError
from nas.search.pricing import Appraiser
from nas.search.record import Record
from nas.space.choices import Choices, MinimumChoices, NeighbourChoices

__all__ = ["no_feasible", "smallest"]

STEPS = 400
RATE = 0.15


def smallest(
    appraiser: Appraiser, key: Callable[[Record], float], rng: np.random.Generator
) -> Record | None:
    """Return the priced candidate with the smallest `key` found from each family's corner.

    The corner is the lowest of every choice; from there `STEPS` neighbours of the best so far.
    """
    best: Record | None = None
    for family in appraiser.space.families:
        best = _less(best, appraiser.appraise(MinimumChoices({"family": family})), key)
    for _ in range(STEPS):
        if best is None:
            return None
        choices: Choices = NeighbourChoices(rng, parent=best.asked.params, rate=RATE)
        best = _less(best, appraiser.appraise(choices), key)
    return best


def no_feasible(appraiser: Appraiser, n_refused: int, seed: int) -> NoFeasibleModelError:
    """Return the error that names the binding limit and the smallest value reached of it."""
    rng = np.random.default_rng(seed)
    reached = {
        name: _value(name, smallest(appraiser, partial(_value, name), rng))
        for name in appraiser.limits.given()
    }
    name = appraiser.space.name
    opening = f"search space {name}: none of {n_refused} candidates fits"
    binding = {
        limit: value for limit, value in reached.items() if value > appraiser.limits.given()[limit]
    }
    if binding:
        return NoFeasibleModelError(f"{opening}: {_said(binding, appraiser)}")
    return NoFeasibleModelError(f"{opening}: {_jointly(appraiser, rng)}")


def _said(binding: dict[str, float], appraiser: Appraiser) -> str:
    parts = [
        f"{limit} is limited to {amount(appraiser.limits.given()[limit])}, and the smallest "
        f"reached is {amount(value) if np.isfinite(value) else 'none'}"
        for limit, value in binding.items()
    ]
    return "; ".join(parts) + "; raise the limit or widen the space"


def _jointly(appraiser: Appraiser, rng: np.random.Generator) -> str:
    """Say what binds where each limit can be met alone but not all at once."""
    nearest = smallest(appraiser, _worst, rng)
    if nearest is None or nearest.cost is None:
        return "no choice makes a network at all; widen the space"
    limit = max(nearest.violations, key=lambda key: nearest.violations[key])
    return (
        f"each limit can be met alone, but not all at once: the nearest candidate has {limit} "
        f"{amount(_value(limit, nearest))} against {amount(appraiser.limits.given()[limit])}; "
        "raise it or widen the space"
    )


def _worst(record: Record) -> float:
    return max(record.violations.values())


def _value(name: str, record: Record | None) -> float:
    """Return what `record` uses, without bound where there is none or it is not known."""
    used = getattr(record.cost, name) if record and record.cost else None
    return float("inf") if used is None else float(used)


def _less(best: Record | None, other: Record, key: Callable[[Record], float]) -> Record | None:
    if other.cost is None:
        return best
    return other if best is None or key(other) < key(best) else best
