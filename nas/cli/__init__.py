"""The command line: parse, call `nas.commands`, print, map errors to exit codes."""

import gc

gc.set_threshold(200_000)  # imports make objects that stay: looking for garbage took a seventh

from nas.cli.app import main  # noqa: E402 - after the line above

__all__ = ["main"]
