"""Work of one hop: what firmware/frontend and firmware/app do for each hop_length samples.

And what a decision adds to it, without the network.

The FFT depends on its length alone and is counted as a whole for each of the six lengths.
"""

from nas.frontend import FrontEndSettings, LogMelSettings
from nas.frontend.kinds.log_mel.tables import build

__all__ = ["DECISION", "MEL", "RING", "WINDOW", "decision", "mel", "ring", "window"]

WINDOW = ("call", "sample", "zero")
MEL = ("call", "band", "bin")
RING = ("call", "sample", "kept_sample", "kept_sample_at_odd_hop")
DECISION = ("call", "byte", "byte_of_odd_row")


def window(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts of window.c in the order of WINDOW."""
    return 1, settings.win_length, settings.n_fft - settings.win_length


def mel(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts of mel.c and log2.c in the order of MEL."""
    return 1, settings.n_bins, len(build(settings).mel_weight)


def ring(settings: FrontEndSettings) -> tuple[int, ...]:
    """Return the counts of the rest of a hop in the order of RING.

    Samples are written to the audio ring and copied to the history; those that the next frame
    uses again are moved, which takes longer where they do not lie a whole number of words apart.
    """
    hop = settings.hop_length
    kept = settings.win_length - hop
    return 1, hop, kept, kept * (hop % 2)


def decision(settings: FrontEndSettings) -> tuple[int, ...]:
    """Return the counts of filling the network's input in the order of DECISION.

    The ring of features is copied in two parts, which takes longer where rows are not whole words.
    """
    features = settings.n_frames * settings.n_bins
    return 1, features, features if settings.n_bins % 4 else 0
