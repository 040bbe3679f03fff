"""Layout ``pattern``: label, group, take or split stand in the file's path."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from nas.audio.assemble import Draft, assemble
from nas.audio.dataset import BadFile, Clip, Dataset, Split
from nas.audio.descriptor import Descriptor
from nas.audio.layouts.folders import Regex
from nas.audio.layouts.layout import Source
from nas.audio.scan import Scan, audio_files, scan
from nas.audio.splitting import deal
from nas.config import StrictModel
from nas.errors import DataError

__all__ = ["PatternDescriptor", "TakeRange", "Takes", "read"]

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training"), Split.TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "dev"), Split.VALIDATION),
    **dict.fromkeys(("test", "testing", "eval"), Split.TEST),
}


class TakeRange(StrictModel):
    """Takes `first` to `last`, both included."""

    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last {self.last} is below first {self.first}")
        return self

    def holds(self, take: int) -> bool:
        """Tell whether `take` is one of these."""
        return self.first <= take <= self.last


class Takes(StrictModel):
    """Which takes are the test and validation splits; the rest are for training."""

    test: TakeRange
    validation: TakeRange

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.test.first <= self.validation.last and self.validation.first <= self.test.last:
            raise ValueError("the ranges of test and validation overlap")
        return self

    def split(self, take: int) -> Split:
        """Return where `take` belongs."""
        if self.test.holds(take):
            return Split.TEST
        return Split.VALIDATION if self.validation.holds(take) else Split.TRAIN


class PatternDescriptor(Descriptor):
    """Descriptor of files that say in their path what they hold.

    Attributes:
        pattern: regular expression for the end of the path below root, with the named groups
            ``label`` and, where there are any, ``group``, ``take`` and ``split``.
        labels: the labels to use, in this order; None for all, sorted.
        takes: the split by takes; None for the ``split`` in the path or whole groups by hash.
        same_speaker: the published split has the same groups on both sides.
    """

    layout: Literal["pattern"]
    pattern: Regex
    labels: Annotated[list[str], Field(min_length=2)] | None = None
    takes: Takes | None = None
    same_speaker: bool = False

    @model_validator(mode="after")
    def _names(self) -> Self:
        needed = {"label"} | ({"take"} if self.takes else set())
        missing = sorted(needed - set(re.compile(self.pattern).groupindex))
        if missing:
            raise ValueError(f"pattern has no group (?P<{missing[0]}>...)")
        return self


Matches = dict[Path, dict[str, str]]


def read(descriptor: Descriptor, source: Source) -> Dataset:
    """Return the data set, split by takes, by the path or by hashed groups."""
    assert isinstance(descriptor, PatternDescriptor)
    files = audio_files(source.root)
    matches, misplaced = _match(descriptor, source.root, files)
    if not matches:
        raise DataError(
            f"{source.root}: none of {len(files)} recordings matches {descriptor.pattern!r} "
            f"of {descriptor.name}; check --data-root"
        )
    findings = scan(source.root, matches, source.cache_dir)
    labels = descriptor.labels or sorted({match["label"] for match in matches.values()})
    draft = Draft(
        root=source.root,
        labels=tuple(labels),
        clips=_clips(descriptor, matches, labels, findings, source.seed),
        scan=findings,
        misplaced=misplaced,
        same_speaker=descriptor.same_speaker,
    )
    return assemble(descriptor, draft)


def _match(
    descriptor: PatternDescriptor, root: Path, files: list[Path]
) -> tuple[Matches, tuple[BadFile, ...]]:
    pattern = re.compile(rf"(?:.*/)?(?:{descriptor.pattern})")
    matches: Matches = {}
    misplaced = []
    for path in files:
        match = pattern.fullmatch(path.relative_to(root).as_posix())
        if match is None:
            misplaced.append(BadFile(path, "the name does not match the descriptor's pattern"))
        elif descriptor.labels is None or match["label"] in descriptor.labels:
            matches[path] = {k: v for k, v in match.groupdict().items() if v is not None}
    return matches, tuple(misplaced)


def _clips(
    descriptor: PatternDescriptor,
    matches: Matches,
    labels: list[str],
    findings: Scan,
    seed: int,
) -> list[Clip]:
    index = {label: number for number, label in enumerate(labels)}
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    for path in findings.good:
        groups[_group(path, matches, findings)][index[matches[path]["label"]]] += 1
    dealt = deal(groups, seed)
    clips = []
    for path, match in matches.items():
        group = _group(path, matches, findings)
        split = _published(descriptor, path, match) or dealt.get(group, Split.TRAIN)
        clips.append(Clip(path, index[match["label"]], group, split))
    return clips


def _group(path: Path, matches: Matches, findings: Scan) -> str:
    return matches[path].get("group") or findings.records[path].sha256[:16]


def _published(descriptor: PatternDescriptor, path: Path, match: dict[str, str]) -> Split | None:
    if descriptor.takes:
        if not match.get("take", "").isdecimal():
            raise DataError(f"{path}: take {match.get('take')!r} is not a number")
        return descriptor.takes.split(int(match["take"]))
    if "split" not in match:
        return None
    try:
        return SPLIT_WORDS[match["split"].lower()]
    except KeyError:
        known = ", ".join(SPLIT_WORDS)
        raise DataError(f"{path}: split {match['split']!r} is none of {known}") from None
