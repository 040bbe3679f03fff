"""What the folder of a study is called."""

import re
from pathlib import Path

from nas.audio.dataset import Dataset
from nas.budget import Budget
from nas.errors import ConfigError
from nas.files import digest
from nas.space import Space

__all__ = ["study_name"]


def study_name(
    given: str | None, budget: Budget, *, space: Space, dataset: Dataset, seed: int
) -> str:
    """Return `given`, or a name: the same for the same request, another for other limits.

    Raises:
        ConfigError: `given` is no name of a folder.
    """
    if given is not None:
        if given in ("", "..") or Path(given).name != given:
            raise ConfigError(f"--study {given!r}: a name without /; --results says where")
        return given
    made_of = digest([budget.model_dump(), space.hash, dataset.digest, seed])
    name = f"{dataset.name}-{budget.board}-s{seed}-{made_of[:6]}"
    return re.sub(r"[^\w.-]+", "-", name).lstrip(".-")
