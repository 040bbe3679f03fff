"""Work of log_mel_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import BANDS, FRAME, WINDOW, FrontEndWork, bands, frame, window
from nas.frontend import LogMelSettings
from nas.frontend.kinds.log_mel.tables import bank
from nas.frontend.mel_tables import mel_table

__all__ = ["LOG_MEL", "MELS", "mels"]

MELS = (*FRAME, *WINDOW, *BANDS)
NAMES = (*MELS, "normalised_band")


def mels(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts in the order of MELS; a normalisation is not among them."""
    emphasised, magnitude = settings.pre_emphasis_q15 != 0, settings.spectrum_kind == "magnitude"
    _, weights = mel_table(bank(settings))
    return (
        *frame(settings),
        *window(settings, mean=settings.remove_mean, pre_emphasis=emphasised),
        *bands(settings.n_mels, len(weights), magnitude=magnitude),
    )


def count(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    return *mels(settings), settings.n_mels * (settings.normalise != "none")


LOG_MEL = FrontEndWork(NAMES, count)
