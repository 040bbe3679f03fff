"""The microphone as blocks of int16 samples; needs the extra ``microphone`` (sounddevice)."""

from collections.abc import Iterator
from typing import Any

from nas.errors import ConfigError, DataError

__all__ = ["check_microphone", "microphone"]

BLOCK_MS = 50
EXTRA = "pip install 'mcu-nas[microphone]'"


def check_microphone() -> None:
    """Raise ConfigError where no microphone can be read: the extra or PortAudio is missing."""
    _sounddevice()


def microphone(sample_rate_hz: int, *, seconds: float | None = None) -> Iterator[bytes]:
    """Yield blocks of the default microphone, one channel, until `seconds` are over.

    Raises:
        ConfigError: the extra or PortAudio is missing.
        DataError: no microphone, or none of this rate.
    """
    library = _sounddevice()
    frames = max(1, sample_rate_hz * BLOCK_MS // 1_000)
    left = None if seconds is None else round(seconds * sample_rate_hz)
    try:
        with library.RawInputStream(
            samplerate=sample_rate_hz, channels=1, dtype="int16"
        ) as stream:
            while left is None or left > 0:
                block, _ = stream.read(frames if left is None else min(frames, left))
                left = None if left is None else left - len(block) // 2
                yield bytes(block)
    except library.PortAudioError as error:
        raise DataError(
            f"microphone: {error}; it is asked for {sample_rate_hz} Hz, 16 bits, one channel"
        ) from None


def _sounddevice() -> Any:
    try:
        import sounddevice
    except ImportError:
        raise ConfigError(f"microphone: needs the extra `microphone`: {EXTRA}") from None
    except OSError as error:
        raise ConfigError(
            f"microphone: {error}; install PortAudio (Debian package libportaudio2)"
        ) from None
    return sounddevice
