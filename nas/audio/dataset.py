"""Labelled clips with their split, whatever the layout they came from."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

__all__ = ["BadFile", "Clip", "Dataset", "Split"]


class Split(Enum):
    """The three parts; `TEST` is read once, after every choice is made."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class BadFile:
    """A recording that was left out, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Clip:
    """One labelled piece of a recording.

    Attributes:
        path: the audio file.
        label: index into the data set's labels.
        group: speaker, house or source recording; a group lies in one split only.
        split: where the clip belongs.
        start_ms: where the clip starts in the file.
        length_ms: how much of the file it takes; None for all of it.
    """

    path: Path
    label: int
    group: str
    split: Split
    start_ms: int = 0
    length_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Everything a search needs to know of the recordings.

    Attributes:
        name: for display and cache folders.
        labels: class names by index.
        clips: in a fixed order (split, label, path, start).
        background: training-split noise to be mixed in and used as run-in; may be empty.
        sample_rate_hz: rate of the recordings; features may use it or a lower one.
        clip_ms: clip lengths that make sense for these data, the usual one first.
        digest: SHA-256 over labels, clips and file contents (or recipe and seed).
        synthetic: made by a generator, not recorded.
        same_speaker: the published split has the same groups on both sides.
        bad_files: recordings left out.
    """

    name: str
    labels: tuple[str, ...]
    clips: tuple[Clip, ...]
    background: tuple[Clip, ...]
    sample_rate_hz: int
    clip_ms: tuple[int, ...]
    digest: str
    synthetic: bool = False
    same_speaker: bool = False
    bad_files: tuple[BadFile, ...] = field(default=())

    def of(self, split: Split) -> tuple[Clip, ...]:
        """Return the clips of `split`, in order."""
        return tuple(clip for clip in self.clips if clip.split is split)
