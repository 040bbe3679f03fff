"""Work of mfcc_push.c and the stages that it calls, without the FFT."""

from nas.cost.work import front_end_log_mel
from nas.cost.work.front_end_frame import FrontEndWork
from nas.frontend.kinds.mfcc import MfccSettings

__all__ = ["MFCC"]

NAMES = (*front_end_log_mel.MELS, "coefficient", "product")


def count(settings: MfccSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES; the transform runs over half of the bands.

    A normalisation is in the gains of the coefficients: it is no work.
    """
    half = (settings.n_mels + 1) // 2
    return *front_end_log_mel.mels(settings), settings.n_mfcc, settings.n_mfcc * half


MFCC = FrontEndWork(NAMES, count)
