"""Training clips as arrays: which ones, in which order, how many."""

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from nas.audio.dataset import Split
from nas.frontend.settings import FrontEndSettings

__all__ = ["Batches", "FeatureSource", "shuffled", "subset"]


class FeatureSource(Protocol):
    """What training needs of ``nas.audio.FeatureStore``."""

    def features(
        self, split: Split, settings: FrontEndSettings, augment: str = "off", copy: int = 0
    ) -> NDArray[np.int8]:
        """Return int8 features [shape=(n, n_frames, n_bins)]."""
        ...

    def labels(self, split: Split) -> NDArray[np.int64]:
        """Return class indices [shape=(n,)]."""
        ...


class Batches(NamedTuple):
    """One epoch.

    Attributes:
        features: int8 [shape=(steps, batch, *input shape)].
        labels: int64 [shape=(steps, batch)].
    """

    features: NDArray[np.int8]
    labels: NDArray[np.int64]


def subset(labels: NDArray[np.int64], fraction: float, *, seed: int = 0) -> NDArray[np.int64]:
    """Return sorted indices of `fraction` of each class, at least one; small ones nest in large.

    Args:
        labels: class indices [shape=(n,)].
        fraction: in (0, 1].
        seed: of the order in which clips of a class are taken.
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        chosen.append(members[: max(1, round(fraction * len(members)))])
    return np.sort(np.concatenate(chosen))


def shuffled(
    features: NDArray[np.int8],
    labels: NDArray[np.int64],
    batch_size: int,
    rng: np.random.Generator,
) -> Batches:
    """Return the clips in a new order, cut into whole batches; the rest is left out this time."""
    batch = min(batch_size, len(labels))
    steps = len(labels) // batch
    order = rng.permutation(len(labels))[: steps * batch]
    picked: Any = features[order]
    return Batches(
        picked.reshape(steps, batch, *features.shape[1:]), labels[order].reshape(steps, batch)
    )
