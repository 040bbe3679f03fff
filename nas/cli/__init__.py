"""The command line: parse, call `nas.commands`, print, map errors to exit codes."""

from nas.cli.app import main

__all__ = ["main"]
