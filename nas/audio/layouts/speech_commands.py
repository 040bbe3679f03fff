"""Layout ``speech_commands``: words in folders, two lists for the split, noise files for silence.

The layout of Google's data set (P. Warden, arXiv:1804.03209): ``word/speaker_nohash_n.wav``,
``validation_list.txt``, ``testing_list.txt``, ``_background_noise_/*.wav``.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import chain, zip_longest
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from nas.audio.assemble import Draft, assemble
from nas.audio.dataset import Clip, Dataset, Split
from nas.audio.descriptor import Descriptor
from nas.audio.layouts.folders import BACKGROUND
from nas.audio.layouts.layout import Source
from nas.audio.scan import Scan, audio_files, scan
from nas.audio.splitting import hash_order
from nas.errors import DataError

__all__ = ["SILENCE", "UNKNOWN", "SpeechCommandsDescriptor", "read"]

UNKNOWN, SILENCE = "unknown", "silence"
LISTS = {Split.VALIDATION: "validation_list.txt", Split.TEST: "testing_list.txt"}
PARTS = {Split.TRAIN: (0.00, 0.70), Split.VALIDATION: (0.70, 0.85), Split.TEST: (0.85, 1.00)}
"""Which part of the time of every noise file each split may use."""


class SpeechCommandsDescriptor(Descriptor):
    """Descriptor of keywords, ``unknown`` and ``silence``.

    Attributes:
        keywords: the words to hear, in the order of the labels; all other words are ``unknown``.
        unknown_ratio: at most this many ``unknown`` clips for one of the mean keyword, in every
            split; taken evenly from all other words. 0 leaves the class out.
        silence_ratio: ``silence`` clips for one of the mean keyword, in every split. 0 leaves the
            class out; the noise then still serves as background.
    """

    layout: Literal["speech_commands"]
    keywords: Annotated[list[str], Field(min_length=1)]
    unknown_ratio: Annotated[float, Field(ge=0, le=100)] = 2.0
    silence_ratio: Annotated[float, Field(ge=0, le=100)] = 1.0


class Word(NamedTuple):
    """One recorded word."""

    path: Path
    word: str
    speaker: str
    split: Split


def read(descriptor: Descriptor, source: Source) -> Dataset:
    """Return keywords, unknown and silence, split by the two lists and by time."""
    assert isinstance(descriptor, SpeechCommandsDescriptor)
    words = _words(source.root)
    wanted = [word for word in words if word.word in descriptor.keywords]
    means = _means(wanted, len(descriptor.keywords))
    limits = {split: round(descriptor.unknown_ratio * mean) for split, mean in means.items()}
    others = _unknown([w for w in words if w.word not in descriptor.keywords], limits, source.seed)
    noise = audio_files(source.root / BACKGROUND)
    paths = [*(word.path for word in wanted), *(word.path for word in others), *noise]
    findings = scan(source.root, paths, source.cache_dir)
    labels = _labels(descriptor)
    clips = [_clip(word, labels) for word in [*wanted, *others]]
    numbers = {split: round(descriptor.silence_ratio * mean) for split, mean in means.items()}
    if SILENCE in labels:
        length_ms = max(descriptor.clip_ms or [1_000])
        clips += _silence(findings, noise, numbers, length_ms, labels.index(SILENCE))
    draft = Draft(
        root=source.root,
        labels=labels,
        clips=clips,
        scan=findings,
        background=_background(findings, noise, labels),
    )
    return assemble(descriptor, draft)


def _labels(descriptor: SpeechCommandsDescriptor) -> tuple[str, ...]:
    unknown = [UNKNOWN] if descriptor.unknown_ratio else []
    silence = [SILENCE] if descriptor.silence_ratio else []
    return (*descriptor.keywords, *unknown, *silence)


def _words(root: Path) -> list[Word]:
    listed = {name: split for split in LISTS for name in _listed(root, split)}
    words = []
    for path in audio_files(root):
        name = path.relative_to(root)
        if len(name.parts) == 2 and not name.parts[0].startswith("_"):
            speaker = path.stem.split("_nohash_")[0]
            split = listed.get(name.as_posix(), Split.TRAIN)
            words.append(Word(path, name.parts[0], speaker, split))
    return words


def _listed(root: Path, split: Split) -> list[str]:
    try:
        lines = (root / LISTS[split]).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{root / LISTS[split]}: cannot be read ({error}); --data-root must be the folder "
            "of Speech Commands itself, with its two lists"
        ) from None
    return [line.strip() for line in lines if line.strip()]


def _means(wanted: list[Word], n_keywords: int) -> dict[Split, float]:
    counts = Counter(word.split for word in wanted)
    return {split: counts[split] / n_keywords for split in Split}


def _unknown(others: list[Word], limits: Mapping[Split, int], seed: int) -> list[Word]:
    """Return up to `limits` words a split: one of each word in turn, in the order of hashes."""
    by_name = {f"{word.word}/{word.path.name}": word for word in others}
    chosen: list[Word] = []
    for split in Split:
        queues: dict[str, list[Word]] = {}
        for name in hash_order(by_name, seed):
            if by_name[name].split is split:
                queues.setdefault(by_name[name].word, []).append(by_name[name])
        turns = chain.from_iterable(zip_longest(*(queues[word] for word in sorted(queues))))
        chosen += [word for word in turns if word is not None][: limits[split]]
    return chosen


def _clip(word: Word, labels: tuple[str, ...]) -> Clip:
    name = word.word if word.word in labels else UNKNOWN
    return Clip(word.path, labels.index(name), word.speaker, word.split)


def _silence(
    findings: Scan, noise: list[Path], numbers: Mapping[Split, int], length_ms: int, label: int
) -> list[Clip]:
    """Return clips evenly spaced in each split's part; overlaps stay inside a part."""
    clips = []
    for split, number in numbers.items():
        parts = [(path, *_part(findings, path, split)) for path in noise]
        rooms = [(path, start, end) for path, start, end in parts if end - start >= length_ms]
        for turn, (path, start, end) in enumerate(rooms):
            mine = number // len(rooms) + (turn < number % len(rooms))
            step = (end - start - length_ms) / max(mine - 1, 1)
            group = f"{path.stem}:{split.value}"
            for k in range(mine):
                begin = start + int(k * step)
                clips.append(Clip(path, label, group, split, begin, length_ms))
    return clips


def _background(findings: Scan, noise: list[Path], labels: tuple[str, ...]) -> list[Clip]:
    label = labels.index(SILENCE) if SILENCE in labels else -1
    clips = []
    for path in noise:
        start, end = _part(findings, path, Split.TRAIN)
        clips.append(Clip(path, label, f"{path.stem}:train", Split.TRAIN, start, end - start))
    return clips


def _part(findings: Scan, path: Path, split: Split) -> tuple[int, int]:
    """Return start and end of `split`'s part of `path`, in ms; (0, 0) for a bad file."""
    record = findings.records[path]
    if record.reason is not None:
        return 0, 0
    first, last = PARTS[split]
    duration = record.inspection.duration_ms
    return round(first * duration), int(round(last * 1_000) * duration // 1_000)
