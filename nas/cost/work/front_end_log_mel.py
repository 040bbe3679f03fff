"""Work of log_mel_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import BANDS, FRAME, WINDOW, FrontEndWork, bands, frame, window
from nas.frontend import LogMelSettings
from nas.frontend.kinds.log_mel.tables import build

__all__ = ["LOG_MEL", "count"]

NAMES = (*FRAME, *WINDOW, *BANDS)


def count(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    tables = build(settings)
    emphasised = tables.pre_emphasis_q15 != 0
    return (
        *frame(settings),
        *window(settings, mean=tables.remove_mean != 0, pre_emphasis=emphasised),
        *bands(tables.n_mels, tables, magnitude=tables.magnitude != 0),
    )


LOG_MEL = FrontEndWork(NAMES, count)
