"""The NumPy twins: the specification of the C, and the fall-back."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds import kind_of
from nas.frontend.settings import FrontEndSettings

__all__ = ["features"]


def features(samples: NDArray[np.int16], settings: FrontEndSettings) -> NDArray[np.int8]:
    """Return the features of whole clips.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_bins)].
    """
    return kind_of(settings).reference(samples, settings)
