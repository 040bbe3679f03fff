"""Settings of the MFCC front end."""

from dataclasses import dataclass
from typing import ClassVar

from nas.frontend.kinds.log_mel.settings import LogMelSettings

__all__ = ["N_MFCC", "MfccSettings"]

N_MFCC = (10, 40)
"""Fewest and most coefficients of a frame; fewest bands too."""


@dataclass(frozen=True, kw_only=True)
class MfccSettings(LogMelSettings):
    """Cepstra of one clip: all that a log-mel front end has, and the transform.

    Raises ConfigError where a value is out of its range. The defaults are Edge Impulse's numbers
    of coefficients and filters.

    Attributes:
        n_mfcc: coefficients kept, from 0 on: 10 to 40, at most n_mels.
        n_mels: mel bands, 10 to 128.
        lifter: L of HTK's lifter 1 + L/2 sin(pi k / L), which HTK sets to 22; 0 for the table of
            gains alone. At least n_mfcc - 1, beyond which its weights turn negative.
    """

    kind: ClassVar[str] = "mfcc"

    n_mels: int = 32
    n_mfcc: int = 13
    lifter: int = 0

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        fewest, most = N_MFCC
        shared = [
            (name, value, fewest if name == "n_mels" else low, high)
            for name, value, low, high in super().ranges()
        ]
        return [
            *shared,
            ("n_mfcc", self.n_mfcc, fewest, min(most, self.n_mels)),
            ("lifter", self.lifter, 0, 100),
        ]

    @property
    def n_bins(self) -> int:
        """Coefficients."""
        return self.n_mfcc

    @property
    def words(self) -> str:
        """What one frame holds, for people."""
        return f"{self.n_mfcc} coefficients of {self.n_mels} mels"
