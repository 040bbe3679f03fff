"""Settings that every front end has, in human units, and the device units that follow."""

import copy
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

from nas.errors import ConfigError
from nas.frontend.stage_tables import shortest_fft
from nas.graph.quantized import Quantization

__all__ = ["FrontEndSettings"]


@dataclass(frozen=True, kw_only=True)
class FrontEndSettings:
    """Frames of one clip; raises ConfigError where the settings cannot work.

    A kind of front end adds its own fields, their ranges, and how many values a frame has.

    Attributes:
        kind: name of the kind, in files and in C.
        sample_rate_hz: 4,000 to 48,000.
        clip_ms: length of one labelled clip.
        window_ms: frame length, at most 64.
        hop_ms: step between frames.
    """

    kind: ClassVar[str]

    sample_rate_hz: int = 16_000
    clip_ms: int = 1_000
    window_ms: int = 30
    hop_ms: int = 20

    def __post_init__(self) -> None:
        for name, value, low, high in self.ranges():
            if not low <= value <= high:
                raise ConfigError(f"{name}: {value} is outside {low} to {high}")

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            ("sample_rate_hz", self.sample_rate_hz, 4_000, 48_000),
            ("clip_ms", self.clip_ms, 1, 60_000),
            ("window_ms", self.window_ms, 1, min(64, self.clip_ms)),
            ("hop_ms", self.hop_ms, 1, self.window_ms),
        ]

    @property
    def n_bins(self) -> int:
        """Values of one frame: mel bands, coefficients, bins."""
        raise NotImplementedError

    @property
    def words(self) -> str:
        """What one frame holds, for people, as in ``40 mels``."""
        return f"{self.n_bins} {self.kind} values"

    @property
    def is_waveform(self) -> bool:
        """Tell whether the rows, one after another, are one signal in time: frames touch."""
        return False

    @property
    def is_unlearnt(self) -> bool:
        """Tell whether the training split has still to teach values that the features need."""
        return False

    @property
    def unlearnt(self) -> Self:
        """The same front end before values were learnt."""
        return self

    @property
    def run_in_ms(self) -> int:
        """Sound before a clip that the features need to settle; 0 where there is no state."""
        return 0

    @property
    def run_in_frames(self) -> int:
        """Frames before a clip that are computed and dropped: run_in_ms in whole hops."""
        return -(-self.run_in_ms * self.sample_rate_hz // (1_000 * self.hop_length))

    @property
    def heard_length(self) -> int:
        """Samples of a clip behind its run-in."""
        return self.run_in_frames * self.hop_length + self.clip_length

    def lasting(self, clip_ms: int) -> Self:
        """Return the same front end over clips of any length: the range is one for choices."""
        longer = copy.copy(self)
        object.__setattr__(longer, "clip_ms", clip_ms)
        return longer

    @property
    def win_length(self) -> int:
        """Samples in one frame."""
        return self.sample_rate_hz * self.window_ms // 1_000

    @property
    def hop_length(self) -> int:
        """Samples between the starts of two frames."""
        return self.sample_rate_hz * self.hop_ms // 1_000

    @property
    def n_fft(self) -> int:
        """FFT length: the power of two not below win_length, and 64 at least."""
        return shortest_fft(self.win_length)

    @property
    def clip_length(self) -> int:
        """Samples in one clip."""
        return self.sample_rate_hz * self.clip_ms // 1_000

    @property
    def n_frames(self) -> int:
        """Whole frames in one clip, none centred, none padded."""
        return 1 + (self.clip_length - self.win_length) // self.hop_length

    @property
    def quantization(self) -> Quantization:
        """Scale and zero point of the int8 features, and so of the network's input."""
        return Quantization(1.0 / 32.0, 0)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, with the kind of front end."""
        return {"kind": self.kind, **asdict(self)}
