"""C text of constants: arrays, strings and comments."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "comment", "string_literal"]

LINE_WIDTH = 99


@dataclass(frozen=True, eq=False)
class Array:
    """A constant array: its C name, C element type and values."""

    name: str
    c_type: str
    values: NDArray[np.integer]

    def definition(self, storage: str = "static const") -> str:
        """Return the definition, ending in a newline."""
        head = f"{storage} {self.c_type} {self.name}[{self.values.size}] = {{\n"
        return head + self.literals() + "};\n"

    def literals(self) -> str:
        """Return the values as lines of literals, each followed by a comma."""
        return _wrapped(_literals(self.values))


def comment(text: str) -> str:
    """Return `text` as a one-line C comment, odd characters replaced."""
    return f"/* {re.sub(r'[^A-Za-z0-9 _.,:()<>=+-]', '_', text)} */"


def string_literal(text: str) -> str:
    """Return `text` as a C string literal of its UTF-8 bytes."""
    return '"' + "".join(map(_escaped, text.encode())) + '"'


def _escaped(byte: int) -> str:
    plain = 32 <= byte < 127 and chr(byte) not in '"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"


def _literals(values: NDArray[np.integer]) -> Iterable[str]:
    """Yield each value; -2^31 has no literal in C and becomes a difference."""
    return (str(v) if v > -(1 << 31) else "-2147483647 - 1" for v in values.ravel().tolist())


def _wrapped(literals: Iterable[str]) -> str:
    lines, line = [], "   "
    for literal in literals:
        if len(line) + len(literal) + 2 > LINE_WIDTH:
            lines.append(line)
            line = "   "
        line += f" {literal},"
    return "\n".join([*lines, line]) + "\n"
