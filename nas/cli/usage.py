"""What a misused command line gets: one line, as every other error, and not typer's box."""

import errno
from typing import Any

import typer

from nas.files import shown

__all__ = ["USAGE_ERROR", "misused", "refused_by_the_system"]

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""Click's UsageError: newer typer has its own copy of click, and exports only the subclass."""


def misused(error: Any) -> str:
    """Return what is wrong and where help is; nothing where the help was asked for by no words."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return ""
    wrong = error.format_message().rstrip(".?")
    return f"{wrong}; see {_command(error.ctx)} --help"


def _command(context: Any) -> str:
    """Return the command as README writes it, however it was started: ``nas data check``."""
    words: list[str] = []
    while context is not None and context.parent is not None:
        words.insert(0, context.info_name)
        context = context.parent
    return " ".join(["nas", *words])


def refused_by_the_system(error: OSError) -> str:
    """Return place, reason and remedy of what the file system would not do."""
    remedies = {
        errno.ENOSPC: "free some space and give the same command again: it resumes",
        errno.EFBIG: "raise the limit of file sizes (ulimit -f)",
        errno.EDQUOT: "free some space and give the same command again: it resumes",
        errno.EACCES: "choose a folder that can be written (--results, NAS_CACHE_DIR)",
        errno.EPERM: "choose a folder that can be written (--results, NAS_CACHE_DIR)",
        errno.EROFS: "choose a folder that can be written (--results, NAS_CACHE_DIR)",
    }
    remedy = remedies.get(error.errno or 0, "run again with --debug to see where")
    return f"{shown(error.filename or 'files')}: {error.strerror or error}; {remedy}"
