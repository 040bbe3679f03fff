"""Layout ``folders``: a folder a class.

DIR/doorbell/a.wav
DIR/knock/kitchen/b.flac        kitchen is then the group of b.flac
DIR/_background_noise_/c.wav    noise to be mixed in; no class
"""

import re
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from nas.audio.assemble import Draft, assemble
from nas.audio.dataset import Clip, Dataset, Split
from nas.audio.descriptor import Descriptor
from nas.audio.layouts.layout import Source
from nas.audio.scan import Scan, audio_files, scan
from nas.audio.splitting import deal
from nas.errors import DataError

__all__ = ["BACKGROUND", "FoldersDescriptor", "read"]

BACKGROUND = "_background_noise_"
SPLIT_NAMES = frozenset(
    ["train", "training", "val", "valid", "validation", "dev", "eval", "test", "testing"]
)


def _is_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Regex = Annotated[str, AfterValidator(_is_regex)]


class FoldersDescriptor(Descriptor):
    """Descriptor of a folder a class.

    Attributes:
        labels: the folders to use, in this order; None for all, sorted.
        group_pattern: regular expression searched in the file name; its first bracket (or the
            whole match) is the group. None: the first folder inside the class folder, or the
            contents of the file.
    """

    layout: Literal["folders"]
    labels: Annotated[list[str], Field(min_length=2)] | None = None
    group_pattern: Regex | None = None


class Found(NamedTuple):
    """A recording with its class and its group."""

    path: Path
    label: int
    group: str


def read(descriptor: Descriptor, source: Source) -> Dataset:
    """Return the data set with groups dealt 70/15/15."""
    assert isinstance(descriptor, FoldersDescriptor)
    root = source.root
    labels = tuple(descriptor.labels or _classes(root))
    files = {label: audio_files(root / label) for label in labels}
    noise = audio_files(root / BACKGROUND) if (root / BACKGROUND).is_dir() else []
    findings = scan(root, [*chain(*files.values()), *noise], source.cache_dir)
    found = [
        Found(path, index, _group(path, root / label, descriptor.group_pattern, findings))
        for index, label in enumerate(labels)
        for path in files[label]
    ]
    clips = _clips(found, findings, source.seed)
    background = [Clip(path, -1, "background", Split.TRAIN) for path in noise]
    draft = Draft(root=root, labels=labels, clips=clips, background=background, scan=findings)
    return assemble(descriptor, draft)


def _classes(root: Path) -> list[str]:
    try:
        folders = [path.name for path in root.iterdir() if path.is_dir()]
    except OSError as error:
        raise DataError(f"{root}: cannot be listed: {error.strerror}") from None
    names = sorted(name for name in folders if not name.startswith((".", "_")))
    if names and SPLIT_NAMES.issuperset(name.lower() for name in names):
        raise DataError(
            f"{root}: {', '.join(names)} are splits, not classes; write a descriptor with "
            "`layout: pattern` and `pattern: (?P<split>...)/(?P<label>...)/...` (data/README.md)"
        )
    return names


def _group(path: Path, folder: Path, pattern: str | None, findings: Scan) -> str:
    """Return the group of `path`; copies of one file under two names share their group."""
    if pattern:
        match = re.search(pattern, path.name)
        if match is None:
            raise DataError(f"{path}: group_pattern {pattern!r} finds no group in this name")
        return match.group(1 if match.re.groups else 0)
    inside = path.relative_to(folder).parts
    return inside[0] if len(inside) > 1 else findings.records[path].sha256[:16]


def _clips(found: list[Found], findings: Scan, seed: int) -> list[Clip]:
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    for path, label, group in found:
        if findings.records[path].reason is None:
            groups[group][label] += 1
    dealt = deal(groups, seed)
    return [
        Clip(path, label, group, dealt.get(group, Split.TRAIN)) for path, label, group in found
    ]
