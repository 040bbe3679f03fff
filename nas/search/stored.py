"""One trial out of a study's journal, without Optuna, whose import alone takes half a second.

The journal holds one line of JSON an event; a trial is told in one (``CREATE_TRIAL``), since only
finished ones are written. Trials are numbered in the order of these lines.
"""

import json
import re
from pathlib import Path
from typing import Any

from nas.errors import ConfigError

__all__ = ["stored_attributes"]

FILE_NAME = "journal.log"
TOLD = re.compile(rb'\{"op_code": ?4,')


def stored_attributes(study_dir: Path, number: int) -> dict[str, Any]:
    """Return what was kept of trial `number`: candidate, cost, violations, scores.

    Raises:
        ConfigError: no journal there, no such trial in it, or a damaged line.
    """
    path = study_dir / FILE_NAME
    line = _line(path, number)
    try:
        kept = json.loads(line)["user_attrs"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ConfigError(f"{path}: trial {number} cannot be read; name another") from None
    if not isinstance(kept, dict):
        raise ConfigError(f"{path}: trial {number} cannot be read; name another")
    return kept


def _line(path: Path, number: int) -> bytes:
    """Return the line of a trial; a last line that is being written counts once it is whole."""
    count = 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                if TOLD.match(line) and line.endswith(b"\n"):
                    if count == number:
                        return line
                    count += 1
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    known = f"it holds trials 0 to {count - 1}" if count else "it holds no trial yet"
    raise ConfigError(f"{path.parent}: no trial {number}; {known}")
