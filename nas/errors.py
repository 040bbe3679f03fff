"""Every error a user can meet, and the exit code it ends the command with.

    NasError                    1
    ├── ConfigError (ValueError)     2   a YAML file, an option, a name
    ├── DataError (ValueError)       3   recordings, labels, splits
    ├── NoFeasibleModelError         4   nothing fits the budget
    ├── UnsupportedOpError           1   an op without a price, a kernel or a reader
    ├── BuildError (RuntimeError)    1   a compiler or converter failed
    └── CheckError (RuntimeError)    1   a check ran and did not hold

A message is one line: where, what, why, and what to do next.
"""

__all__ = [
    "BuildError",
    "CheckError",
    "ConfigError",
    "DataError",
    "NasError",
    "NoFeasibleModelError",
    "UnsupportedOpError",
]


class NasError(Exception):
    """Root of the tree; ``exit_code`` is the process's exit code."""

    exit_code = 1


class ConfigError(NasError, ValueError):
    """A setting, a YAML file or a command-line value cannot be used."""

    exit_code = 2


class DataError(NasError, ValueError):
    """The recordings, their labels or their split cannot be used."""

    exit_code = 3


class NoFeasibleModelError(NasError, RuntimeError):
    """No candidate of the search space fits the budget."""

    exit_code = 4


class UnsupportedOpError(NasError, NotImplementedError):
    """An op has no price, no kernel or no reader; the message names it."""


class BuildError(NasError, RuntimeError):
    """A compiler or converter failed on what this project gave it."""


class CheckError(NasError, RuntimeError):
    """A check ran to its end and its condition did not hold."""
