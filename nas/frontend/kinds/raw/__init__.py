"""The waveform itself, at a lower rate."""

from nas.frontend.kinds.raw.kind import KIND
from nas.frontend.kinds.raw.settings import RawSettings

__all__ = ["KIND", "RawSettings"]
