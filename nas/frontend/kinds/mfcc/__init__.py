"""Cosine transform of the logarithms of mel energies."""

from nas.frontend.kinds.mfcc.kind import KIND
from nas.frontend.kinds.mfcc.settings import MfccSettings

__all__ = ["KIND", "MfccSettings"]
