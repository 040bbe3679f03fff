"""Settings that the tests of the MFCC front end share."""

from dataclasses import asdict

from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.frontend import check
from nas.frontend.kinds.mfcc import MfccSettings
from tests.frontend import signals


@st.composite
def settings(draw):
    """Settings over the whole range that `check` accepts, on short clips: log-mel's and its own.

    Those of a log-mel front end with fewer than 10 bands are brought to 10, if that works.
    """
    mels = asdict(draw(signals.settings()))
    n_mels = max(10, mels.pop("n_mels"))
    n_mfcc = draw(st.integers(10, min(40, n_mels)))
    lifter = draw(st.just(0) | st.integers(n_mfcc - 1, 100))
    drawn = MfccSettings(**mels, n_mels=n_mels, n_mfcc=n_mfcc, lifter=lifter)
    try:
        check(drawn)
    except ConfigError:
        return MfccSettings(clip_ms=200, n_mels=n_mfcc, n_mfcc=n_mfcc, lifter=lifter)
    return drawn
