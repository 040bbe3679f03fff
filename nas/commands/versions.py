"""The versions that made a result."""

import platform
from importlib.metadata import PackageNotFoundError, version

from nas import __version__

__all__ = ["versions"]

PACKAGES = (
    "numpy",
    "tensorflow",
    "tf_keras",
    "tensorflow-model-optimization",
    "optuna",
    "ai-edge-litert",
    "soundfile",
    "soxr",
)


def versions() -> dict[str, str]:
    """Return the versions of Python, of this tool and of the libraries that shape results."""
    found = {"nas": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # a source tree with fewer packages: say so
            found[package] = "not installed"
    return found
