"""Groups dealt to the three splits: whole groups only, the same ones every time.

A group is what must not be heard on both sides of a split: a speaker, a house, a recording.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from nas.audio.dataset import Split

__all__ = ["FRACTIONS", "deal", "hash_order"]

FRACTIONS = {Split.TEST: 0.15, Split.VALIDATION: 0.15, Split.TRAIN: 0.70}

Counts = Mapping[int, int]


def hash_order(names: Iterable[str], seed: int) -> list[str]:
    """Return `names` in an order that depends on each name and `seed` only."""
    return sorted(names, key=lambda name: (_hash(name, seed), name))


def deal(groups: Mapping[str, Counts], seed: int) -> dict[str, Split]:
    """Return a split for every group, near `FRACTIONS` of every label's clips.

    First each label gets its smallest group in each split it lacks, rarest label first; then the
    rest go, largest first, where they disturb the wanted counts least (chi-square).

    Args:
        groups: for every group, clips by label.
        seed: salt of the order among equals.
    """
    order = hash_order(groups, seed)
    targets = _targets(groups)
    dealt: dict[str, Split] = {}
    have: dict[tuple[Split, int], int] = defaultdict(int)

    def give(name: str, split: Split) -> None:
        dealt[name] = split
        for label, count in groups[name].items():
            have[split, label] += count

    for label in _rarest_first(groups):
        mine = sorted((g for g in order if label in groups[g]), key=lambda g: _size(groups[g]))
        for split in FRACTIONS:
            free = [name for name in mine if name not in dealt]
            if free and not have[split, label]:
                give(free[0], split)
    for name in sorted(order, key=lambda g: -_size(groups[g])):
        if name not in dealt:
            give(name, min(FRACTIONS, key=lambda s: _strain(groups[name], s, have, targets)))
    return dealt


def _hash(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def _size(counts: Counts) -> int:
    return sum(counts.values())


def _targets(groups: Mapping[str, Counts]) -> dict[tuple[Split, int], float]:
    totals: dict[int, int] = defaultdict(int)
    for counts in groups.values():
        for label, count in counts.items():
            totals[label] += count
    return {
        (split, label): fraction * total
        for split, fraction in FRACTIONS.items()
        for label, total in totals.items()
    }


def _rarest_first(groups: Mapping[str, Counts]) -> list[int]:
    number: dict[int, int] = defaultdict(int)
    for counts in groups.values():
        for label in counts:
            number[label] += 1
    return sorted(number, key=lambda label: (number[label], label))


def _strain(
    counts: Counts,
    split: Split,
    have: Mapping[tuple[Split, int], int],
    targets: Mapping[tuple[Split, int], float],
) -> float:
    """Return how much chi-square grows when a group with `counts` joins `split`."""
    return sum(
        count * (count + 2 * (have[split, label] - targets[split, label])) / targets[split, label]
        for label, count in counts.items()
    )
