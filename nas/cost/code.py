"""Code and stack of the firmware's C files on a core, from the committed tables.

A table is written by ``python -m nas.cost.measure_code``. Its unit is the C file: static helpers
and tables count with the file that holds them, and a file brings the files it calls.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nas.errors import ConfigError

__all__ = ["CodeSizes", "FileSize", "load_code_sizes", "parse_table", "table_name"]

FOLDER = Path(__file__).parent / "code_sizes"

TABLES = {
    "cortex-m0": "cortex-m0",
    "cortex-m0plus": "cortex-m0plus",
    "cortex-m3": "cortex-m3",
    "cortex-m4": "cortex-m4",
    "cortex-m4f": "cortex-m4",
    "cortex-m7": "cortex-m7",
    "cortex-m33": "cortex-m4",
    "cortex-m55": "cortex-m4",
    "rv32imc": "rv32imc",
    "rv32imac": "rv32imc",
    "xtensa-lx106": "xtensa-lx106",
    "xtensa-lx6": "xtensa-lx106",
    "xtensa-lx7": "xtensa-lx106",
}
"""Core of a board -> core that was measured. LX106 stands in for LX6 and LX7, for which no
compiler is at hand: no windowed calls and no hardware loops there, so its code is the larger."""


@dataclass(frozen=True)
class FileSize:
    """One compiled C file.

    Attributes:
        area: the folder of ``firmware/`` it comes from: kernels, frontend or app.
        code_bytes: text and read-only data of the whole object.
        stack_bytes: the deepest chain of frames that starts in it, within its area.
        calls: stems of the other files of its area that it calls.
    """

    area: str
    code_bytes: int
    stack_bytes: int
    calls: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CodeSizes:
    """The table of one core.

    Attributes:
        core: the core that was measured.
        files: by stem of the C file.
        symbols: public function -> stem.
        nodes: by op: bytes of parameters and call of one node in the generated model.c (code),
            and the frame of the function that holds the call (stack).
        model_bytes: code of the generated model.c without its nodes.
        static_bytes: variables of all files together.
        toolchain_bytes: the compiler's own library (64-bit shifts, memcpy), linked once.
    """

    core: str
    files: Mapping[str, FileSize]
    symbols: Mapping[str, str]
    nodes: Mapping[str, tuple[int, int]]
    model_bytes: int
    static_bytes: int
    toolchain_bytes: int

    def linked(self, functions: Iterable[str]) -> frozenset[str]:
        """Return the stems of all files that `functions` (names or stems) bring in.

        Raises:
            ConfigError: a function that the table does not hold.
        """
        return _linked(self, frozenset(functions))

    def _link(self, functions: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = [self._stem(function) for function in functions]
        while waiting:
            stem = waiting.pop()
            if stem not in found:
                found.add(stem)
                waiting.extend(self.files[stem].calls)
        return found

    def code_bytes(self, functions: Iterable[str]) -> int:
        """Return text and read-only data of all files that `functions` bring in, each once."""
        return _code_bytes(self, frozenset(functions))

    def stack_bytes(self, functions: Iterable[str]) -> int:
        """Return the deepest stack of any of `functions`."""
        return _stack_bytes(self, frozenset(functions))

    def area(self, name: str) -> frozenset[str]:
        """Return the stems of one area; raises ConfigError where the table holds none."""
        stems = _area(self, name)
        if not stems:
            raise self._missing(f"firmware/{name}")
        return stems

    def node(self, op: str) -> tuple[int, int]:
        """Return code and frame of one node of `op`, a class name of `nas.graph.ops`."""
        if op not in self.nodes:
            raise self._missing(f"node {op}")
        return self.nodes[op]

    def _stem(self, function: str) -> str:
        stem = self.symbols.get(function, function)
        if stem not in self.files:
            raise self._missing(function)
        return stem

    def _missing(self, what: str) -> ConfigError:
        return ConfigError(
            f"{FOLDER / self.core}.json: no size of {what}; measure the firmware again: "
            f"python -m nas.cost.measure_code --core {self.core}"
        )


@cache
def _linked(table: CodeSizes, functions: frozenset[str]) -> frozenset[str]:
    return frozenset(table._link(functions))


@cache
def _code_bytes(table: CodeSizes, functions: frozenset[str]) -> int:
    return sum(table.files[stem].code_bytes for stem in _linked(table, functions))


@cache
def _stack_bytes(table: CodeSizes, functions: frozenset[str]) -> int:
    return max((table.files[table._stem(f)].stack_bytes for f in functions), default=0)


@cache
def _area(table: CodeSizes, name: str) -> frozenset[str]:
    return frozenset([stem for stem, file in table.files.items() if file.area == name])


def table_name(core: str) -> str:
    """Return the measured core that stands for a board's `core`.

    Raises:
        ConfigError: no such core; lists those there are.
    """
    try:
        return TABLES[core]
    except KeyError:
        known = ", ".join(TABLES)
        raise ConfigError(f"device.core: no code sizes for `{core}`; known: {known}") from None


@cache
def load_code_sizes(core: str) -> CodeSizes:
    """Return the table that stands for a board's `core`; files are read once."""
    return _read(FOLDER / f"{table_name(core)}.json")


@cache
def _read(path: Path) -> CodeSizes:
    try:
        return parse_table(path.stem, json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise ConfigError(
            f"{path}: not measured yet; run python -m nas.cost.measure_code --core {path.stem}"
        ) from None


def parse_table(core: str, table: dict[str, Any]) -> CodeSizes:
    """Return the JSON value of a table as a CodeSizes."""
    files = {
        stem: FileSize(row["area"], row["code_bytes"], row["stack_bytes"], tuple(row["calls"]))
        for stem, row in table["functions"].items()
    }
    symbols = {name: stem for stem, row in table["functions"].items() for name in row["symbols"]}
    nodes = {op: (row["code_bytes"], row["stack_bytes"]) for op, row in table["nodes"].items()}
    return CodeSizes(
        core,
        files,
        symbols,
        nodes,
        model_bytes=table["model"]["code_bytes"],
        static_bytes=sum(row["static_bytes"] for row in table["functions"].values()),
        toolchain_bytes=table["toolchain"]["code_bytes"],
    )
