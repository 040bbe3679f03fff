"""One look at a recording: can every sample of it be used?

soundfile raises on some broken files and is silent on others (see `nas.audio.headers`);
every file is therefore read to its end once, before anything depends on it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from nas.audio import headers

__all__ = ["Inspection", "inspect"]

MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 192_000
MAX_SECONDS = 1_800
MAX_PEAK = 16.0
"""Full scale is +-1: lossy decoders overshoot it a little, integers kept as floats a lot."""
MP3_SLACK_FRAMES = 2 * 1_152
"""Encoder delay and padding: an MP3 may decode to two of its frames less than announced."""
BLOCK_FRAMES = 1 << 16


@dataclass(frozen=True)
class Inspection:
    """What a look at a file found.

    Attributes:
        sample_rate_hz: of the header; 0 where the file could not be opened.
        frames: samples per channel that were read.
        reason: why the file cannot be used; None for a good one.
    """

    sample_rate_hz: int
    frames: int
    reason: str | None = None

    @property
    def duration_ms(self) -> float:
        """Length of the recording."""
        return 1_000 * self.frames / self.sample_rate_hz if self.sample_rate_hz else 0.0


def inspect(path: Path) -> Inspection:
    """Read `path` to its end and say what is wrong with it; never raises on bad content."""
    try:
        reason = headers.complaint(path)
        if reason:
            return Inspection(0, 0, reason)
        with soundfile.SoundFile(path) as file:
            return _look(file)
    except OSError as error:
        return Inspection(0, 0, f"cannot be read: {error.strerror or error}")
    except (soundfile.LibsndfileError, TypeError) as error:
        return Inspection(0, 0, f"cannot be decoded: {_message(error)}; convert it to WAV or FLAC")


def _look(file: soundfile.SoundFile) -> Inspection:
    rate, frames = file.samplerate, file.frames
    reason = _header_complaint(rate, frames)
    if reason:
        return Inspection(rate, frames, reason)
    count, peak = _read_through(file)
    slack = MP3_SLACK_FRAMES if file.format == "MP3" else 0
    if count + slack < frames:
        reason = f"truncated: the header promises {frames} frames, {count} can be read"
    elif not np.isfinite(peak):
        reason = "NaN or infinite samples"
    elif peak > MAX_PEAK:
        reason = f"samples up to {peak:.0f}: a float file must keep within +-1; scale it"
    return Inspection(rate, count, reason)


def _header_complaint(rate: int, frames: int) -> str | None:
    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        return f"sample rate {rate} Hz is outside {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz"
    if frames <= 0:
        return "no samples"
    if frames > MAX_SECONDS * rate:
        return f"{frames / rate:.0f} s long, more than {MAX_SECONDS} s; cut it into clips"
    return None


def _read_through(file: soundfile.SoundFile) -> tuple[int, float]:
    """Return frames read and the largest magnitude (NaN where a sample is)."""
    count, peak = 0, 0.0
    while len(block := file.read(BLOCK_FRAMES, dtype="float32")):
        count += len(block)
        peak = float(np.maximum(peak, np.abs(block).max()))
    return count, peak


def _message(error: Exception) -> str:
    text = str(getattr(error, "error_string", "") or error)
    return text.removeprefix("Error : ").strip().rstrip(".:") or "format not recognised"
