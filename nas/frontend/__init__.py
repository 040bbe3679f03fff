"""From int16 samples to int8 features, in integer arithmetic only."""

from nas.frontend.check import check
from nas.frontend.features import features
from nas.frontend.settings import LogMelSettings

__all__ = ["LogMelSettings", "check", "features"]
