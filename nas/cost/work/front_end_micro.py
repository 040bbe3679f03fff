"""Work of micro_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import BANDS, FRAME, WINDOW, FrontEndWork, bands, frame, window
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.micro.tables import build

__all__ = ["MICRO"]

NAMES = (*FRAME, *WINDOW, *BANDS, "normalised_band")


def count(settings: MicroSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES; PCAN normalises each channel, or none."""
    tables = build(settings)
    channels = tables.n_channels
    return (
        *(*frame(settings), *window(settings), *bands(channels, tables)),
        channels if tables.pcan else 0,
    )


MICRO = FrontEndWork(NAMES, count)
