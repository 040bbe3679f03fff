"""Work of micro_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import FRAME, FrontEndWork, frame
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.tables import bank, channels

__all__ = ["MICRO"]

NAMES = (*FRAME, "zero", "band", "bin", "normalised_band")


def count(settings: MicroSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES; PCAN normalises each channel, or none."""
    zeros, bins = settings.n_fft - settings.win_length, len(channels(bank(settings))[1])
    normalised = settings.n_channels if settings.pcan else 0
    return *frame(settings), zeros, settings.n_channels, bins, normalised


MICRO = FrontEndWork(NAMES, count)
