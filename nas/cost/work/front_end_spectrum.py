"""Work of spectrum_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import FRAME, WINDOW, FrontEndWork, frame, window
from nas.frontend.kinds.spectrum import SpectrumSettings
from nas.frontend.kinds.spectrum.tables import build

__all__ = ["SPECTRUM"]

NAMES = (*FRAME, *WINDOW, "bin", "normalised_bin")


def count(settings: SpectrumSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES; each bin has its square root and its logarithm."""
    tables = build(settings)
    emphasised = tables.pre_emphasis_q15 != 0
    return (
        *(*frame(settings), *window(settings, mean=True, pre_emphasis=emphasised)),
        tables.n_bins,
        len(tables.channel) // 2,
    )


SPECTRUM = FrontEndWork(NAMES, count)
