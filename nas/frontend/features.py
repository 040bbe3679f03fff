"""Features of clips by the C implementation, or by its NumPy twin where C cannot be built."""

import sys
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from nas.errors import BuildError, DataError
from nas.frontend import native, reference
from nas.frontend.check import check
from nas.frontend.settings import FrontEndSettings

__all__ = ["features"]


def features(samples: NDArray[np.int16], settings: FrontEndSettings) -> NDArray[np.int8]:
    """Return the features of whole clips.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: of any kind of front end.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_bins)].

    Raises:
        ConfigError: settings that cannot work together.
        DataError: samples of another type or length.
    """
    check(settings)
    if samples.dtype != np.int16 or samples.shape[1:] != (settings.clip_length,):
        raise DataError(
            f"samples: {samples.dtype} of shape {samples.shape}, the front end takes int16 of "
            f"shape (n, {settings.clip_length}); resample and cut the clips first"
        )
    result: NDArray[np.int8] = _implementation().features(samples, settings)
    return result


@lru_cache(maxsize=1)
def _implementation() -> ModuleType:
    try:
        native.library()
    except BuildError as error:
        sys.stderr.write(
            f"nas: front end: {error}; NumPy computes the same features, about ten times slower\n"
        )
        return reference
    return native
