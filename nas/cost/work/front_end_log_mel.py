"""Work of log_mel_push.c and the stages that it calls, without the FFT."""

from nas.cost.work.front_end_frame import FRAME, FrontEndWork, frame
from nas.frontend import LogMelSettings
from nas.frontend.kinds.log_mel.tables import build

__all__ = ["LOG_MEL"]

NAMES = (*FRAME, "zero", "band", "bin")


def count(settings: LogMelSettings) -> tuple[int, ...]:
    """Return the counts in the order of NAMES."""
    zeros = settings.n_fft - settings.win_length
    return *frame(settings), zeros, settings.n_bins, len(build(settings).mel_weight)


LOG_MEL = FrontEndWork(NAMES, count)
