"""Logarithms of the energy in bands of the mel scale."""

from nas.frontend.kinds.log_mel.kind import KIND
from nas.frontend.kinds.log_mel.settings import LogMelSettings

__all__ = ["KIND", "LogMelSettings"]
