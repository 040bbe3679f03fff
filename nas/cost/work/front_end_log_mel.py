"""Work of log_mel_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import BANDS, FRAME, WINDOW, FrontEndWork, bands, frame, window
from nas.frontend import LogMelSettings
from nas.frontend.kinds.log_mel.tables import build

__all__ = ["LOG_MEL", "MELS", "mels"]

MELS = (*FRAME, *WINDOW, *BANDS)
NAMES = (*MELS, "normalised_band")


def mels(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts in the order of MELS; a normalisation is not among them."""
    tables = build(settings)
    emphasised = tables.pre_emphasis_q15 != 0
    return (
        *frame(settings),
        *window(settings, mean=tables.remove_mean != 0, pre_emphasis=emphasised),
        *bands(tables.n_mels, tables, magnitude=tables.magnitude != 0),
    )


def count(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    return *mels(settings), settings.n_mels * (settings.normalise != "none")


LOG_MEL = FrontEndWork(NAMES, count)
