"""What the network sees of a recording, beside the same features in float64."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nas.audio.decode import decode, fit
from nas.audio.inspection import Inspection, inspect
from nas.audio.run_in import RunIn
from nas.errors import ConfigError, DataError
from nas.frontend import KINDS, FrontEndSettings, check, features, settings_of
from nas.frontend.fields import SettingsField, Value, fields_of
from nas.frontend.float_reference import FloatError, error_of, float_features
from nas.frontend.kind import Kind

__all__ = ["Features", "check_plot", "draw", "error_words", "features_of_file", "words"]

LONGEST_MS = 60_000
"""Of a longer recording the first minute is shown."""
AROUND_MS = 100
"""Read beyond what is shown: the resampler looks ahead some ms."""
PLOTS = (".html", ".png")

Fields = Mapping[str, SettingsField]


@dataclass(frozen=True, kw_only=True)
class Features:
    """Features of one recording.

    Attributes:
        path: the recording.
        recorded_hz: its own sample rate.
        settings: of the front end; clip_ms is what was taken of the recording.
        values: what the network sees [shape=(n_frames, n_bins)].
        reference: the same in float64, unrounded; None where the kind has none.
        error: distance between the two.
        notes: what a reader has to know.
    """

    path: Path
    recorded_hz: int
    settings: FrontEndSettings
    values: NDArray[np.int8]
    reference: NDArray[np.float64] | None
    error: FloatError | None
    notes: tuple[str, ...]


def features_of_file(path: Path, kind: str, given: Sequence[str] = ()) -> Features:
    """Compute the features of the recording `path`.

    Args:
        path: in any format that a data set may have.
        kind: of front end.
        given: settings as ``name=value``; others have their usual value. Without clip_ms all of
            the recording is taken, with it what a data set would make of it: its middle, or the
            recording between zeros.

    Raises:
        ConfigError: unknown kind or setting, or settings that cannot work.
        DataError: the recording cannot be used.
    """
    fields = fields_of(_kind(kind).settings)
    values = _values_of(kind, fields, given)
    found = inspect(path)
    if found.reason is not None:
        raise DataError(f"{path}: {found.reason}")
    clip_ms = _clip_ms(path, found, values, fields)
    settings = _together({"kind": kind, "clip_ms": clip_ms, **values}, given)
    if settings.is_unlearnt:
        raise ConfigError(
            f"--set normalise={values['normalise']}: its values are learnt on the training split "
            "of a data set, by `nas search` and `nas train`, and one recording is none; leave it "
            "out to see what they are learnt from"
        )
    samples = _middle(path, found, settings) if "clip_ms" in values else _start(path, settings)
    shown, reference = _both(samples[None], settings)
    return Features(
        path=path,
        recorded_hz=found.sample_rate_hz,
        settings=settings,
        values=shown[0],
        reference=None if reference is None else reference[0],
        error=None if reference is None else error_of(shown, reference),
        notes=tuple(_notes(found, settings, values)),
    )


def draw(shown: Features, out: Path) -> None:
    """Draw `shown` to `out`, as its suffix says.

    Raises:
        ConfigError: neither .html nor .png.
    """
    from nas.report.features import FeaturesPicture, write_html, write_png

    check_plot(out)
    settings = shown.settings
    picture = FeaturesPicture(
        title=f"{shown.path.name}: {words(shown)}",
        said=error_words(shown),
        values=shown.values,
        reference=shown.reference,
        hop_ms=settings.hop_ms,
        is_waveform=settings.is_waveform,
    )
    (write_png if out.suffix.lower() == ".png" else write_html)(picture, out)


def words(shown: Features) -> str:
    """Return which features these are, in a few words."""
    settings = shown.settings
    return (
        f"{settings.kind}, {settings.n_frames} frames of {settings.words}, "
        f"{settings.window_ms}/{settings.hop_ms} ms at {settings.sample_rate_hz:,} Hz"
    )


def error_words(shown: Features) -> str:
    """Return how far the features are from float64."""
    if shown.error is None:
        return f"{shown.settings.kind} has no float reference yet: nothing to compare with"
    error = shown.error
    return (
        f"against float64: {_percent(error.within_one)} of {shown.values.size:,} values within "
        f"one step, {_percent(error.equal)} equal, the largest error {error.largest}"
    )


def _percent(share: float) -> str:
    """Return a share as percent, rounded down: 100 % means all."""
    return f"{floor(1e4 * share) / 100:g} %"


def check_plot(out: Path) -> None:
    """Raise ConfigError where `out` is no plot that can be drawn."""
    if out.suffix.lower() not in PLOTS:
        raise ConfigError(f"--plot {out}: a plot ends in {' or '.join(PLOTS)}")


def _kind(name: str) -> Kind:
    if name in KINDS:
        return KINDS[name]
    meant = _meant(name, list(KINDS))
    raise ConfigError(f"--kind {name}: unknown{meant}; known: {', '.join(KINDS)}")


def _values_of(kind: str, known: Fields, given: Sequence[str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator:
            raise ConfigError(f"--set {text}: write it as NAME=VALUE, such as n_mels=40")
        if name not in known:
            meant = _meant(name, list(known))
            raise ConfigError(
                f"--set {text}: {kind} has no setting {name}{meant}; it has {', '.join(known)}"
            )
        values[name] = _read(known[name], value)
    return values


def _read(field: SettingsField, text: str) -> Value:
    try:
        return field.read(text)
    except ConfigError as error:
        reason = str(error).removeprefix(f"{field.name}: ")
        raise ConfigError(f"--set {field.name}={text}: {reason}") from None


def _together(values: Mapping[str, Value], given: Sequence[str]) -> FrontEndSettings:
    """Return the settings; what each allows and all do not names the options that were given."""
    try:
        settings = settings_of(values)
        check(settings)
    except ConfigError as error:
        options = " ".join(f"--set {text}" for text in given)
        raise ConfigError(f"{options}: {error}" if given else str(error)) from None
    return settings


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f", did you mean {close[0]}?" if close else ""


def _clip_ms(path: Path, found: Inspection, values: Mapping[str, Value], fields: Fields) -> int:
    """Return the length of the recording in whole ms; its first minute at most."""
    window_ms = int(values.get("window_ms", fields["window_ms"].default))
    length_ms = int(found.duration_ms)
    if length_ms < window_ms and "clip_ms" not in values:
        raise DataError(
            f"{path}: {length_ms} ms long, shorter than a window of {window_ms} ms; give a longer "
            "recording, --set window_ms, or --set clip_ms to put it between zeros"
        )
    return min(length_ms, LONGEST_MS)


def _start(path: Path, settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return the start of the recording; no more of it is decoded than the resampler needs."""
    samples = decode(path, settings.sample_rate_hz, length_ms=settings.clip_ms + AROUND_MS)
    return fit(samples[: settings.clip_length], settings.clip_length)


def _middle(path: Path, found: Inspection, settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return what a data set would make of the recording: its middle, or it between zeros.

    Of a long one only the middle is decoded. It is read from a whole second on, which is a whole
    number of samples at both rates, and one earlier than the resampler needs.
    """
    rate, length = settings.sample_rate_hz, settings.clip_length
    whole = (2 * found.frames * rate + found.sample_rate_hz) // (2 * found.sample_rate_hz)
    first = (whole - length) // 2
    second = max(0, first // rate - 1)
    if second == 0 or whole <= length:
        return fit(decode(path, rate), length)
    length_ms = settings.clip_ms + 2 * 1_000 + AROUND_MS
    samples = decode(path, rate, start_ms=1_000 * second, length_ms=length_ms)
    return samples[first - second * rate :][:length]


def _both(
    samples: NDArray[np.int16], settings: FrontEndSettings
) -> tuple[NDArray[np.int8], NDArray[np.float64] | None]:
    """Return the features and their float reference, warm where the kind has a state."""
    silence = np.empty(0, np.int16)
    run_in = RunIn.of(settings, 1, silence, np.random.default_rng(0))
    if run_in is None:
        return features(samples, settings), float_features(samples, settings)
    behind = run_in.before(samples)
    shown = run_in.dropped(features(behind, run_in.settings), settings.n_frames)
    reference = float_features(behind, run_in.settings)
    if reference is None:
        return shown, None
    return shown, run_in.dropped(reference, settings.n_frames)


def _notes(
    found: Inspection, settings: FrontEndSettings, values: Mapping[str, Value]
) -> list[str]:
    notes = []
    rate, recorded = settings.sample_rate_hz, found.sample_rate_hz
    if recorded != rate:
        lost = f": nothing is in it above {recorded // 2:,} Hz" if recorded < rate else ""
        notes.append(f"recorded at {recorded:,} Hz{lost}")
    if "clip_ms" not in values and found.duration_ms >= settings.clip_ms + 1:
        notes.append(f"{found.duration_ms / 1_000:.1f} s long: the start is shown")
    if settings.run_in_ms:
        notes.append(f"before it, {settings.run_in_ms:,} ms of the noise of a quiet room")
    return notes
