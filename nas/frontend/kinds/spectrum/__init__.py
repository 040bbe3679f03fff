"""Magnitudes of FFT bins on a logarithmic scale."""

from nas.frontend.kinds.spectrum.kind import KIND
from nas.frontend.kinds.spectrum.settings import SpectrumSettings

__all__ = ["KIND", "SpectrumSettings"]
