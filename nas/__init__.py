"""Search audio features and small networks together for a microcontroller."""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Look ``__version__`` up when it is asked for: reading metadata takes longer than a price."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mcu-nas")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0.0.0+source"
