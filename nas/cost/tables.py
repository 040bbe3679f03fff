"""All tables that prices are read from: code sizes, counted instructions, cycles."""

from functools import cache
from pathlib import Path

from nas.files import digest

__all__ = ["tables_digest"]

FOLDERS = ("code_sizes", "instructions", "cycles")


@cache
def tables_digest() -> str:
    """Return SHA-256 of all tables: prices with another digest cannot be compared with these."""
    here = Path(__file__).parent
    paths = sorted(path for folder in FOLDERS for path in (here / folder).glob("*.json"))
    return digest([[path.name, path.read_text(encoding="utf-8")] for path in paths])
