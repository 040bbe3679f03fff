"""Search audio features and small networks together for a microcontroller."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("mcu-nas")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0.0.0+source"

__all__ = ["__version__"]
