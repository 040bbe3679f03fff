"""What the frames of every kind of front end have in common, and what a kind adds to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nas.frontend import FrontEndSettings

__all__ = ["FRAME", "FrontEndWork", "frame"]

FRAME = ("call", "hop_sample", "kept_sample", "kept_sample_at_odd_hop")


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
