"""Which settings a front end can compute."""

from functools import lru_cache

from nas.errors import ConfigError
from nas.frontend.kinds import kind_of
from nas.frontend.settings import FrontEndSettings

__all__ = ["check"]


def check(settings: FrontEndSettings) -> None:
    """Raise ConfigError where `settings`, each in its range, cannot work together.

    A clip shorter than a frame cannot be: FrontEndSettings refuses it.
    """
    problem = _problem(settings)
    if problem is not None:
        raise ConfigError(problem)


@lru_cache(maxsize=1 << 14)
def _problem(settings: FrontEndSettings) -> str | None:
    return kind_of(settings).problem(settings)
