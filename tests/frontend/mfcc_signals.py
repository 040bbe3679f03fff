"""Settings that the tests of the MFCC front end share."""

from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.frontend import check
from nas.frontend.kinds.mfcc import MfccSettings
from tests.frontend.signals import RATES


@st.composite
def settings(draw):
    """Settings over the whole range that `check` accepts, on short clips."""
    rate = draw(st.sampled_from(RATES))
    window_ms = draw(st.integers(2, 64))
    fmin_hz = draw(st.integers(0, rate // 4))
    n_mels = draw(st.integers(10, 64))
    n_mfcc = draw(st.integers(10, min(40, n_mels)))
    drawn = MfccSettings(
        sample_rate_hz=rate,
        clip_ms=draw(st.integers(window_ms, 200)),
        window_ms=window_ms,
        hop_ms=draw(st.integers(1, window_ms)),
        n_mels=n_mels,
        n_mfcc=n_mfcc,
        lifter=draw(st.just(0) | st.integers(n_mfcc - 1, 100)),
        fmin_hz=fmin_hz,
        fmax_hz=draw(st.integers(fmin_hz + rate // 8, rate // 2)),
    )
    return drawn if _works(drawn) else MfccSettings(clip_ms=200, n_mfcc=n_mfcc, n_mels=n_mfcc)


def _works(drawn):
    try:
        check(drawn)
    except ConfigError:
        return False
    return True
