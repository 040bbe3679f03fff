"""Settings of the microfrontend."""

import math
from dataclasses import dataclass
from typing import ClassVar

from nas.frontend.settings import FrontEndSettings

__all__ = ["GAIN_BITS_MIN", "MicroSettings"]

GAIN_BITS_MIN = 17
"""So that the shift after the gain is 0 or more at the longest FFT."""
RUN_IN_MS_MAX = 5_000
FORGOTTEN = 0.05
"""Share of the noise estimate that its start may still hold after the run-in."""


@dataclass(frozen=True, kw_only=True)
class MicroSettings(FrontEndSettings):
    """Features of the microfrontend's algorithm; raises ConfigError where settings cannot work.

    The defaults are those of TensorFlow Lite Micro's example micro_speech. The original's names,
    where they differ: lower_band_limit is fmin_hz, upper_band_limit is fmax_hz, enable_pcan is
    pcan, scale_shift is log_shift.

    Attributes:
        n_channels: mel bands, 16 to 64.
        fmin_hz: lower edge of the first band; the FFT bin nearest to it is left out.
        fmax_hz: upper edge of the last band, at most half of sample_rate_hz.
        smoothing_bits: fraction bits of the noise estimate beyond the signal's, 6 to 12.
        even_smoothing: share of a new frame in the noise of channels 0, 2, ...: 0 to 1.
        odd_smoothing: the same for channels 1, 3, ...
        min_signal_remaining: share of the signal that noise reduction leaves at least, 0 to 1;
            1 leaves it out.
        pcan: normalise each channel by its noise.
        pcan_strength: exponent of the normalisation, 0 to 1; 0 leaves it out.
        pcan_offset: added to the noise, which is in units of an FFT of int16 samples, 1 to 10,000.
        gain_bits: fraction bits of the gain, 17 to 30.
        log_shift: 4 to 8; an int8 step is half as large with each more.
    """

    kind: ClassVar[str] = "micro"

    n_channels: int = 40
    fmin_hz: int = 125
    fmax_hz: int = 7_500
    smoothing_bits: int = 10
    even_smoothing: float = 0.025
    odd_smoothing: float = 0.06
    min_signal_remaining: float = 0.05
    pcan: bool = True
    pcan_strength: float = 0.95
    pcan_offset: int = 80
    gain_bits: int = 21
    log_shift: int = 6

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("even_smoothing", "odd_smoothing", "min_signal_remaining", "pcan_strength"):
            # 1 and 1.0 are one setting, with one fingerprint.
            object.__setattr__(self, name, float(getattr(self, name)))

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            *super().ranges(),
            ("n_channels", self.n_channels, 16, 64),
            ("fmin_hz", self.fmin_hz, 0, self.fmax_hz - 1),
            ("fmax_hz", self.fmax_hz, 1, self.sample_rate_hz // 2),
            ("smoothing_bits", self.smoothing_bits, 6, 12),
            ("even_smoothing", self.even_smoothing, 0, 1),
            ("odd_smoothing", self.odd_smoothing, 0, 1),
            ("min_signal_remaining", self.min_signal_remaining, 0, 1),
            ("pcan_strength", self.pcan_strength, 0, 1),
            ("pcan_offset", self.pcan_offset, 1, 10_000),
            ("gain_bits", self.gain_bits, GAIN_BITS_MIN, 30),
            ("log_shift", self.log_shift, 4, 8),
        ]

    @property
    def n_bins(self) -> int:
        """Channels."""
        return self.n_channels

    @property
    def words(self) -> str:
        """What one frame holds, for people."""
        return f"{self.n_channels} channels"

    @property
    def run_in_hops(self) -> int:
        """Hops until the noise estimate holds 5 % of its start, or less; 5 s at most.

        The slower of the two smoothings counts; one of 0, in Q14, never learns and needs none.
        """
        learning = [s for s in (self.even_smoothing, self.odd_smoothing) if s >= 2.0**-14]
        if not learning:
            return 0
        slowest = min(*learning, 0.99)  # 1 would forget all at once: one hop, as 0.99
        needed = math.ceil(math.log(FORGOTTEN) / math.log1p(-slowest))
        return min(needed, RUN_IN_MS_MAX // self.hop_ms)

    @property
    def run_in_ms(self) -> int:
        """Sound before a clip that the noise estimate needs: a whole number of hops.

        Put that much sound before the clip, and drop the first `run_in_frames` rows.
        """
        return self.run_in_hops * self.hop_ms
