import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nas.train.batches import shuffled, subset

LABELS = st.lists(st.integers(0, 4), min_size=1, max_size=200).map(np.array)
FRACTIONS = st.floats(0.01, 1.0)


@given(LABELS, FRACTIONS)
def test_subset_takes_its_share_of_every_class(labels: np.ndarray, fraction: float) -> None:
    taken = np.bincount(labels[subset(labels, fraction)], minlength=5)
    for label, count in enumerate(np.bincount(labels, minlength=5)):
        assert taken[label] == (max(1, round(fraction * count)) if count else 0)


@given(LABELS, FRACTIONS, FRACTIONS)
def test_small_subsets_nest_in_large_ones(labels: np.ndarray, one: float, other: float) -> None:
    small, large = (set(subset(labels, share)) for share in sorted((one, other)))
    assert small <= large


def test_the_whole_is_every_clip_in_order() -> None:
    assert subset(np.array([1, 0, 1]), 1.0).tolist() == [0, 1, 2]


@given(st.integers(1, 50), st.integers(1, 60))
def test_batches_hold_different_clips_with_their_labels(n: int, batch_size: int) -> None:
    features = np.arange(n, dtype=np.int8)[:, None]
    batches = shuffled(features, np.arange(n), batch_size, np.random.default_rng(0))
    batch = min(n, batch_size)
    assert batches.labels.shape == (n // batch, batch)
    assert len(set(batches.labels.ravel())) == batches.labels.size
    assert (batches.features[..., 0] == batches.labels).all()
