"""From a layout's drafts to a checked Dataset with its digest."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nas.audio.dataset import BadFile, Clip, Dataset, Split
from nas.audio.descriptor import Descriptor
from nas.audio.scan import Scan
from nas.errors import DataError
from nas.files import digest

__all__ = ["Draft", "assemble"]

VERSION = 1
"""Part of every digest: raised when the same recordings come to mean other clips."""
USUAL_MS = (500, 2_000)
"""Bounds of the clip length measured where a descriptor names none."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a layout found out about the recordings.

    Attributes:
        root: digests hold paths relative to it.
        labels: class names by index.
        clips: in any order; clips of files that the scan found bad are dropped here.
        background: clips of training noise, likewise.
        scan: findings on every file.
        misplaced: files that the layout could not use, with the reason.
        same_speaker: the published split puts groups on both sides.
    """

    root: Path
    labels: tuple[str, ...]
    clips: Sequence[Clip]
    scan: Scan
    background: Sequence[Clip] = ()
    misplaced: tuple[BadFile, ...] = ()
    same_speaker: bool = False


def assemble(descriptor: Descriptor, draft: Draft) -> Dataset:
    """Return the data set, or raise DataError where the clips cannot be learnt from."""
    clips = _usable(draft.clips, draft)
    background = _usable(draft.background, draft)
    _check_labels(descriptor.name, draft)
    _check_counts(descriptor.name, draft, clips)
    if not draft.same_speaker:
        _check_groups(descriptor.name, clips)
    rate = descriptor.sample_rate_hz or _usual_rate(draft.scan, clips)
    clip_ms = tuple(descriptor.clip_ms or [_usual_ms(draft.scan, clips)])
    return Dataset(
        name=descriptor.name,
        labels=draft.labels,
        clips=clips,
        background=background,
        sample_rate_hz=rate,
        clip_ms=clip_ms,
        digest=_digest(draft, clips, background, rate),
        same_speaker=draft.same_speaker,
        bad_files=draft.scan.bad + draft.misplaced,
    )


def _usable(clips: Iterable[Clip], draft: Draft) -> tuple[Clip, ...]:
    records, order = draft.scan.records, list(Split)
    good = (clip for clip in clips if records[clip.path].reason is None)
    return tuple(sorted(good, key=lambda c: (order.index(c.split), c.label, c.path, c.start_ms)))


def _check_labels(name: str, draft: Draft) -> None:
    if len(draft.labels) < 2:
        found = ", ".join(draft.labels) or "none"
        raise DataError(f"{name}: at least two classes are needed, found {found} in {draft.root}")


def _check_counts(name: str, draft: Draft, clips: tuple[Clip, ...]) -> None:
    for index, label in enumerate(draft.labels):
        mine = [clip for clip in clips if clip.label == index]
        lost = sum(clip.label == index for clip in draft.clips) - len(mine)
        bad = f" ({lost} more could not be read)" if lost else ""
        if not mine:
            raise DataError(f"{name}: class {label} has no clips{bad}; add some or leave it out")
        for split in Split:
            if not any(clip.split is split for clip in mine):
                raise DataError(_too_few(name, label, mine, split, bad))


def _too_few(name: str, label: str, mine: list[Clip], split: Split, bad: str) -> str:
    groups = len({clip.group for clip in mine})
    return (
        f"{name}: class {label} has {len(mine)} clips in {groups} groups{bad} and none for "
        f"{split.value}; it needs at least 3 groups (files, speakers), one a split; add recordings"
    )


def _check_groups(name: str, clips: tuple[Clip, ...]) -> None:
    home: dict[str, Split] = {}
    for clip in clips:
        if home.setdefault(clip.group, clip.split) is not clip.split:
            raise DataError(
                f"{name}: group {clip.group} lies in {home[clip.group].value} and in "
                f"{clip.split.value}; results would flatter: split by group, or set "
                "`same_speaker: true` where this is the published split"
            )


def _usual_rate(scan: Scan, clips: tuple[Clip, ...]) -> int:
    """Return the rate most files have, the lower of equals."""
    counts = Counter(scan.records[clip.path].sample_rate_hz for clip in clips)
    return min(counts, key=lambda rate: (-counts[rate], rate))


def _usual_ms(scan: Scan, clips: tuple[Clip, ...]) -> int:
    """Return the length that 95 % of the clips fit in, in steps of 100 ms, within bounds."""
    lengths = sorted(scan.records[clip.path].inspection.duration_ms for clip in clips)
    longest = lengths[math.ceil(0.95 * len(lengths)) - 1]
    return min(max(math.ceil(longest / 100) * 100, USUAL_MS[0]), USUAL_MS[1])


def _digest(draft: Draft, clips: tuple[Clip, ...], background: tuple[Clip, ...], rate: int) -> str:
    def row(clip: Clip) -> list[str | int | None]:
        name = clip.path.relative_to(draft.root).as_posix()
        content = draft.scan.records[clip.path].sha256
        split = clip.split.value
        return [name, content, clip.label, clip.group, split, clip.start_ms, clip.length_ms]

    return digest(
        [VERSION, list(draft.labels), rate, [row(c) for c in clips], [row(c) for c in background]]
    )
