"""Normalisation of each channel by what the training split taught: its settings and tables.

A feature x, in steps of int8 and before it is rounded, becomes gain x + offset. The values are
learnt so that over the training split each channel has the mean 0 and the deviation
`STEPS_A_DEVIATION`: at the features' scale of 1/32 the network sees mean 0 and deviation 1, and
int8 ends 4 deviations away.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from nas.errors import ConfigError
from nas.frontend.settings import FrontEndSettings
from nas.frontend.tables import frozen

__all__ = [
    "GAIN_ONE",
    "LEAST_DEVIATION",
    "OFFSET_ONE",
    "STEPS_A_DEVIATION",
    "NormalisedSettings",
    "channel_bytes",
    "channel_table",
    "values_for",
]

Normalise = Literal["none", "per_channel"]

STEPS_A_DEVIATION = 32
LEAST_DEVIATION = 5
"""Steps: what varies less is silent, and would only have its rounding magnified."""
GAIN_ONE = 1 << 12
OFFSET_ONE = 1 << 4
GAINS = 1, (1 << 15) - 1
OFFSETS = -16_000, 16_000
"""So that nas_normalise_s8 stays within 32 bits."""


@dataclass(frozen=True, kw_only=True)
class NormalisedSettings(FrontEndSettings):
    """Settings of a kind whose channels may be normalised.

    The learnt values travel with the settings, in candidate files, results and manifests: what is
    exported later computes the same bytes. Settings without normalisation do not mention it.

    Attributes:
        normalise: ``none``; or ``per_channel``, by values learnt on the training split.
        channel_offsets: of each channel, in sixteenths of a step, -16,000 to 16,000; empty where
            nothing is learnt yet, which leaves the features as they are.
        channel_gains: of each channel, Q12, 1 to 32,767; as many as offsets.
    """

    normalise: Normalise = "none"
    channel_offsets: tuple[int, ...] = field(default=(), repr=False, metadata={"learnt": True})
    channel_gains: tuple[int, ...] = field(default=(), repr=False, metadata={"learnt": True})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.normalise not in get_args(Normalise):
            known = ", ".join(get_args(Normalise))
            raise ConfigError(f"normalise: {self.normalise!r} is unknown; known: {known}")
        lengths = len(self.channel_offsets), len(self.channel_gains)
        for name, length in zip(("channel_offsets", "channel_gains"), lengths, strict=True):
            self._check_length(name, length, any_learnt=any(lengths))

    def _check_length(self, name: str, length: int, *, any_learnt: bool) -> None:
        if self.normalise == "none":
            if length:
                raise ConfigError(f"{name}: {length} values where normalise is none; remove them")
            return
        wanted = self.n_bins if any_learnt else 0
        if length != wanted:
            raise ConfigError(
                f"{name}: {length} values for {wanted} channels; give channel_offsets and "
                "channel_gains one value a channel, or leave both out to have them learnt"
            )

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            *super().ranges(),
            *(("channel_offsets", value, *OFFSETS) for value in self.channel_offsets),
            *(("channel_gains", value, *GAINS) for value in self.channel_gains),
        ]

    @property
    def is_unlearnt(self) -> bool:
        """Tell whether values are still to be learnt."""
        return self.normalise == "per_channel" and not self.channel_gains

    @property
    def plain(self) -> Self:
        """The same front end without normalisation."""
        if self.normalise == "none":
            return self
        return replace(self, normalise="none", channel_offsets=(), channel_gains=())

    @property
    def unlearnt(self) -> Self:
        """The same front end before values were learnt."""
        return replace(self, channel_offsets=(), channel_gains=())

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values; of normalisation only what there is."""
        values = super().to_dict()
        for name in ("channel_offsets", "channel_gains"):
            values[name] = list(values[name])
            if not values[name]:
                del values[name]
        if self.normalise == "none":
            del values["normalise"]
        return values


def channel_table(settings: NormalisedSettings) -> NDArray[np.int16]:
    """Return gain (Q12) and offset (Q4) of each channel, as nas_normalise_s8 takes them.

    Returns:
        Read-only [shape=(2 * n_bins,)]; gains of 1 where nothing is learnt; empty without
        normalisation.
    """
    if settings.normalise == "none":
        return frozen([], np.int16)
    gains = settings.channel_gains or (GAIN_ONE,) * settings.n_bins
    offsets = settings.channel_offsets or (0,) * settings.n_bins
    return frozen(np.stack([gains, offsets], axis=1).ravel(), np.int16)


def channel_bytes(settings: NormalisedSettings) -> int:
    """Return the bytes of the channels' table."""
    return 0 if settings.normalise == "none" else 2 * 2 * settings.n_bins


def values_for(
    count: int, sums: NDArray[np.int64], squares: NDArray[np.int64]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the channel_offsets and channel_gains for features as they are now.

    Args:
        count: features of each channel, at least 1.
        sums: of each channel [shape=(n_bins,)].
        squares: sum of each channel's squares [shape=(n_bins,)].
    """
    pairs = [
        _pair(count, total, square)
        for total, square in zip(sums.tolist(), squares.tolist(), strict=True)
    ]
    offsets, gains = zip(*pairs, strict=True)
    return offsets, gains


def _pair(count: int, total: int, square: int) -> tuple[int, int]:
    """Return offset and gain of one channel, from whole numbers of any size."""
    deviation = math.sqrt(count * square - total * total) / count
    gain = _rounded(STEPS_A_DEVIATION * GAIN_ONE / max(deviation, LEAST_DEVIATION))
    offset = _rounded(-total * gain * OFFSET_ONE / (count * GAIN_ONE))
    return offset, gain


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)
