"""From int16 samples to int8 features, in integer arithmetic only."""

from nas.frontend.check import check
from nas.frontend.features import features
from nas.frontend.kinds import KINDS, settings_of
from nas.frontend.kinds.log_mel import LogMelSettings
from nas.frontend.settings import FrontEndSettings

__all__ = ["KINDS", "FrontEndSettings", "LogMelSettings", "check", "features", "settings_of"]
