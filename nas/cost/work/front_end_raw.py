"""Work of raw_push.c and raw_frame.c, which needs no FFT."""

import numpy as np

from nas.cost.work.front_end_frame import FRAME, FrontEndWork, frame
from nas.frontend.kinds.raw import RawSettings
from nas.frontend.kinds.raw.tables import build

__all__ = ["RAW"]

NAMES = (
    *(*FRAME, "value", "value_with_history", "four_taps", "tap"),
    *("tap_of_history", "moved_word", "remembered_sample"),
)


def count(settings: RawSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES.

    The first values of a hop reach back to samples before it, whose taps run one at a time; the
    others run four at a time while four are left.
    """
    tables = build(settings)
    hop, step = settings.hop_length, settings.decimation
    inside = np.minimum(step * np.arange(1, settings.n_bins + 1), tables.n_taps)
    remembered = tables.n_taps - step
    moved = max(0, remembered - hop)
    return (
        *(*frame(settings), settings.n_bins, int(np.sum(inside < tables.n_taps))),
        *(int(np.sum(inside // 4)), int(np.sum(inside % 4)), int(np.sum(tables.n_taps - inside))),
        *(moved, remembered - moved),
    )


RAW = FrontEndWork(NAMES, count, ffts=0)
