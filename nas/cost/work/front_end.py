"""Work of one hop: what firmware/frontend and firmware/app do for each hop_length samples.

And what a decision adds to it, without the network. Each kind of front end has a file of its own.
"""

from collections.abc import Mapping

from nas.cost.work.front_end_frame import FrontEndWork
from nas.cost.work.front_end_log_mel import LOG_MEL
from nas.cost.work.front_end_mfcc import MFCC
from nas.cost.work.front_end_micro import MICRO
from nas.cost.work.front_end_raw import RAW
from nas.cost.work.front_end_spectrum import SPECTRUM
from nas.frontend import FrontEndSettings

__all__ = ["DECISION", "FRONT_ENDS", "LISTENER", "decision", "listener"]

FRONT_ENDS: Mapping[str, FrontEndWork] = {
    "log_mel": LOG_MEL,
    "mfcc": MFCC,
    "micro": MICRO,
    "raw": RAW,
    "spectrum": SPECTRUM,
}
"""By kind."""

LISTENER = ("call", "sample", "sample_of_odd_hop")
DECISION = ("call", "byte", "byte_of_odd_row")


def listener(settings: FrontEndSettings) -> tuple[int, ...]:
    """Return the counts of recording and polling a hop, without the push, as in LISTENER.

    Samples that lie an odd number of them into the audio ring take longer to copy.
    """
    hop = settings.hop_length
    return 1, hop, hop * (hop % 2)


def decision(settings: FrontEndSettings) -> tuple[int, ...]:
    """Return the counts of filling the network's input in the order of DECISION.

    The ring of features is copied in two parts, which takes longer where rows are not whole words:
    all bytes are counted so, though one of the parts may happen to lie on them.
    """
    features = settings.n_frames * settings.n_bins
    return 1, features, features if settings.n_bins % 4 else 0
