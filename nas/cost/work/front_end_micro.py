"""Work of micro_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import FRAME, FrontEndWork, frame
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.tables import build

__all__ = ["MICRO"]

NAMES = (*FRAME, "zero", "band", "bin", "normalised_band")


def count(settings: MicroSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES; PCAN normalises each channel, or none."""
    tables = build(settings)
    zeros, bins = settings.n_fft - settings.win_length, len(tables.mel_weight)
    normalised = tables.n_channels if tables.pcan else 0
    return *frame(settings), zeros, tables.n_channels, bins, normalised


MICRO = FrontEndWork(NAMES, count)
