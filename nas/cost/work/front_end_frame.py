"""Work that kinds of front end share: samples of a frame, window, bands; what a kind states."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nas.frontend import FrontEndSettings

__all__ = ["BANDS", "FRAME", "WINDOW", "FrontEndWork", "bands", "frame", "window"]

FRAME = ("call", "hop_sample", "kept_sample", "kept_sample_at_odd_hop")
WINDOW = ("zero", "sample_of_mean", "sample_of_pre_emphasis")
BANDS = ("band", "bin", "bin_of_magnitude")


@dataclass(frozen=True)
class FrontEndWork:
    """What the loops of one kind are counted by, beside those of its FFT.

    Attributes:
        names: what is counted.
        count: from the kind's settings to one number a name, for a push that makes one frame.
        ffts: FFTs of n_fft points in a frame; their instructions are counted by themselves.
    """

    names: tuple[str, ...]
    count: Callable[[Any], tuple[int, ...]]
    ffts: int = 1


def frame(settings: FrontEndSettings) -> tuple[int, ...]:
    """Return the counts of taking a frame's samples in the order of FRAME.

    New samples are copied to the history; those that the next frame uses again are moved, which
    takes longer where they do not lie a whole number of words apart. What is done to each sample
    of a frame, such as the window, is in the first three counts too.
    """
    hop = settings.hop_length
    kept = settings.win_length - hop
    return 1, hop, kept, kept * (hop % 2)


def window(
    settings: FrontEndSettings, *, mean: bool = False, pre_emphasis: bool = False
) -> tuple[int, ...]:
    """Return what nas_frame_window does beyond the window itself, in the order of WINDOW."""
    n = settings.win_length
    return settings.n_fft - n, n * mean, n * pre_emphasis


def bands(n_bands: int, n_bins: int, *, magnitude: bool = False) -> tuple[int, ...]:
    """Return the counts of nas_mel_energies and of a logarithm a band, in the order of BANDS."""
    return n_bands, n_bins, n_bins * magnitude
