"""Work of spectrum_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import FRAME, WINDOW, FrontEndWork, frame, window
from nas.frontend.kinds.spectrum import SpectrumSettings

__all__ = ["SPECTRUM"]

NAMES = (*FRAME, *WINDOW, "bin", "normalised_bin")


def count(settings: SpectrumSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES; each bin has its square root and its logarithm."""
    emphasised = settings.pre_emphasis_q15 != 0
    return (
        *(*frame(settings), *window(settings, mean=True, pre_emphasis=emphasised)),
        settings.n_bins,
        settings.n_bins * (settings.normalise != "none"),
    )


SPECTRUM = FrontEndWork(NAMES, count)
