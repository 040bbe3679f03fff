"""What data sets there are, and what one holds."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from nas import audio, config
from nas.audio.dataset import Dataset, Split

__all__ = ["DataSummary", "check_data", "list_data"]


@dataclass(frozen=True)
class DataSummary:
    """Clips by class and split, and the files that were left out."""

    name: str
    digest: str
    counts: dict[str, dict[str, int]]
    notes: list[str]
    bad_files: list[dict[str, str]]


def list_data() -> list[str]:
    """Return the names that ``--data`` knows."""
    return config.available("data")


def check_data(name: str, data_root: Path | None) -> DataSummary:
    """Read the data set through, as a search would.

    Raises:
        DataError: it cannot be used.
    """
    dataset = audio.load(name, data_root, audio.cache_dir())
    return DataSummary(
        name=dataset.name,
        digest=dataset.digest,
        counts=_counts(dataset),
        notes=notes(dataset),
        bad_files=audio.bad_files_table(dataset),
    )


def notes(dataset: Dataset) -> list[str]:
    """Return what a reader of any figure on these data has to know."""
    found = []
    if dataset.synthetic:
        found.append("synthetic: generated, not recorded")
    if dataset.same_speaker:
        found.append("same-speaker: the published split has the same speakers on both sides")
    return found


def _counts(dataset: Dataset) -> dict[str, dict[str, int]]:
    counted = {split: Counter(clip.label for clip in dataset.of(split)) for split in Split}
    return {
        label: {split.value: counted[split][index] for split in Split}
        for index, label in enumerate(dataset.labels)
    }
