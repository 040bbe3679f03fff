"""An exported tree on recordings or the microphone: its C, built for this computer, hears them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas import audio
from nas.audio.decode import decode, fit
from nas.audio.inspection import inspect
from nas.audio.microphone import check_microphone, microphone
from nas.audio.scan import audio_files
from nas.commands.studies import find_study, read_json
from nas.commands.winner import winner_tree
from nas.detector.settings import NONE
from nas.errors import ConfigError, DataError
from nas.export.host_program import clip_outputs, host_program, stream_events
from nas.export.manifest import AGAIN, MANIFEST, read_manifest
from nas.files import digest
from nas.frontend import settings_of

__all__ = ["MICROPHONE", "Clip", "Event", "Origin", "Run", "RunRequest", "run"]

MICROPHONE = "microphone"
BLOCK = 1 << 14
"""Samples of a recording that are handed over at once."""


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What is to be run on what.

    Attributes:
        target: an exported tree, or a study (its folder, or its name in `results`).
        inputs: recordings, or folders of them.
        results: folder that holds the studies.
        microphone: hear that instead of recordings.
        seconds: of the microphone; None for no end.
        clips: each recording is one clip, centred or cropped as in training, not a stream.
        iso: times are dates (ISO 8601), not seconds.
        start: date of the first sample of every recording; None for when the run begins.
    """

    target: Path
    inputs: tuple[Path, ...] = ()
    results: Path = Path("results")
    microphone: bool = False
    seconds: float | None = None
    clips: bool = False
    iso: bool = False
    start: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Which model speaks: study and trial where they are known, and digests of what it is.

    Attributes:
        study: name of its folder.
        trial: of the winner.
        fingerprint: of the candidate, as in trials.csv.
        model: SHA-256 of the `.tflite`.
    """

    study: str | None
    trial: int | None
    fingerprint: str | None
    model: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something was heard.

    Attributes:
        time: seconds from the start of the source to the end of what was decided on, or a date.
        source: the recording, or ``microphone``.
        event: label of the class.
        score: int8, smoothed.
        probability: the same as a real number.
    """

    time: float | str
    source: str
    event: str
    score: int
    probability: float


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a whole recording is taken for: the likeliest class, and all `probabilities` by label.

    `time` is its start: 0 seconds, or a date.
    """

    time: float | str
    source: str
    label: str
    probability: float
    probabilities: dict[str, float]


@dataclass(frozen=True, eq=False)
class Run:
    """What is going on.

    Attributes:
        origin: of every row.
        labels: classes, in the order of the network's output.
        rows: events or clips, as they come.
        bad: lines about recordings that could not be used; grows while `rows` is read.
    """

    origin: Origin
    labels: tuple[str, ...]
    rows: Iterator[Event | Clip]
    bad: list[str]


def run(request: RunRequest, say: Callable[[str], None]) -> Run:
    """Build the program of the target, and return what it hears; `say` is told of bad recordings.

    Raises:
        ConfigError: no tree, nothing to hear, options that do not go together, no microphone.
        DataError: no such recording, none in a folder. BuildError: no compiler.
    """
    _check(request)
    tree, origin = _tree(request)
    manifest = read_manifest(tree)
    _check_hears(tree, manifest)
    paths = _recordings(request)
    if request.microphone:
        check_microphone()
    program = host_program(tree, audio.cache_dir())
    bad: list[str] = []

    def warn(line: str) -> None:
        bad.append(line)
        say(line)

    if not request.clips and manifest["detection"].get("source") == NONE:
        say(f"{tree}: {manifest['detection']['rule']}")
    hearing = _Hearing(request, manifest, program, request.start or datetime.now(UTC), warn)
    rows = hearing.microphone() if request.microphone else hearing.recordings(paths)
    return Run(origin, tuple(manifest["labels"]), rows, bad)


def _check(request: RunRequest) -> None:
    if request.microphone and (request.inputs or request.clips):
        raise ConfigError("--microphone: takes neither recordings nor --clips beside it")
    if not request.microphone and not request.inputs:
        raise ConfigError("nothing to hear: give recordings, folders of them, or --microphone")
    if request.seconds is not None and not request.microphone:
        raise ConfigError("--seconds: only with --microphone; a recording is heard to its end")


def _check_hears(tree: Path, manifest: Mapping[str, Any]) -> None:
    if manifest.get("frontend", True) is None:
        raise ConfigError(
            f"{tree}: a network alone, which takes no sound; export its .tflite with --frontend"
        )
    if "detection" not in manifest:
        raise ConfigError(f"{tree}: exported by an earlier nas, without events; {AGAIN}")


def _tree(request: RunRequest) -> tuple[Path, Origin]:
    """Return the tree, and what it is a model of."""
    if (request.target / MANIFEST).is_file():
        return request.target, _origin(request.target, None, None)
    try:
        study = find_study(request.target, request.results)
    except ConfigError as error:
        raise ConfigError(f"{error}; nor is it an exported tree (no {MANIFEST})") from None
    tree = winner_tree(study)
    trial = read_json(study / "winner" / "result.json").get("trial")
    return tree, _origin(tree, study.resolve().name, trial)


def _origin(tree: Path, study: str | None, trial: int | None) -> Origin:
    manifest = read_manifest(tree)
    candidate = manifest.get("candidate")
    return Origin(
        study=study,
        trial=trial,
        fingerprint=_fingerprint(candidate) if candidate else None,
        model=manifest["model"]["sha256"],
    )


def _fingerprint(candidate: Mapping[str, Any]) -> str:
    """Return that of the proposed candidate: without the values that its front end learnt."""
    if "frontend" not in candidate:
        return digest(candidate)
    proposed = settings_of(candidate["frontend"]).unlearnt.to_dict()
    return digest({**candidate, "frontend": proposed})


def _recordings(request: RunRequest) -> list[Path]:
    found: list[Path] = []
    for path in request.inputs:
        inside = audio_files(path) if path.is_dir() else [path]
        if not path.exists():
            raise DataError(f"{path}: no such file or folder; check the path of the recordings")
        if not inside:
            raise DataError(f"{path}: no recordings in this folder; WAV, FLAC, MP3 and such count")
        found += inside
    return found


@dataclass(frozen=True, eq=False)
class _Hearing:
    """One run: its rows, recording by recording."""

    request: RunRequest
    manifest: dict[str, Any]
    program: Path
    start: datetime
    warn: Callable[[str], None]

    def microphone(self) -> Iterator[Event]:
        rate = self.manifest["frontend"]["sample_rate_hz"]
        return self._events(microphone(rate, seconds=self.request.seconds), MICROPHONE)

    def recordings(self, paths: list[Path]) -> Iterator[Event | Clip]:
        for path in paths:
            samples = self._samples(path)
            if samples is None:
                continue
            if self.request.clips:
                yield self._clip(samples, str(path))
            else:
                yield from self._events(_blocks(samples), str(path))

    def _samples(self, path: Path) -> NDArray[np.int16] | None:
        reason = inspect(path).reason
        if reason:
            self.warn(f"{path}: {reason}")
            return None
        return decode(path, self.manifest["frontend"]["sample_rate_hz"])

    def _events(self, blocks: Iterator[bytes], source: str) -> Iterator[Event]:
        rate, labels = self.manifest["frontend"]["sample_rate_hz"], self.manifest["labels"]
        for time, index, score in stream_events(self.program, blocks):
            yield Event(
                time=self._time(time / rate),
                source=source,
                event=labels[index],
                score=score,
                probability=self._real(score),
            )

    def _clip(self, samples: NDArray[np.int16], source: str) -> Clip:
        front_end, labels = self.manifest["frontend"], self.manifest["labels"]
        length = front_end["sample_rate_hz"] * front_end["clip_ms"] // 1_000
        clip = fit(samples, length)
        (scores,) = clip_outputs(self.program, clip[None], len(labels))
        best = int(scores.argmax())
        return Clip(
            time=self._time(0.0),
            source=source,
            label=labels[best],
            probability=self._real(int(scores[best])),
            probabilities={
                label: self._real(int(score)) for label, score in zip(labels, scores, strict=True)
            },
        )

    def _time(self, seconds: float) -> float | str:
        if not self.request.iso:
            return round(seconds, 6)
        return (self.start + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")

    def _real(self, score: int) -> float:
        output = self.manifest["model"]["output"]
        return round(float((score - output["zero_point"]) * output["scale"]), 8)


def _blocks(samples: NDArray[np.int16]) -> Iterator[bytes]:
    for start in range(0, len(samples), BLOCK):
        yield samples[start : start + BLOCK].tobytes()
