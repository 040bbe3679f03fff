"""Constant tables of a front end: what its C struct ``nas_<kind>_tables_t`` holds.

A kind's tables are a frozen dataclass whose fields stand in the order of the struct: arrays first
(pointers in C), then numbers. From it follow the C source, the ctypes struct and the bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Q15_ONE", "Q30_ONE", "Tables", "frozen", "number", "struct_bytes"]

Q15_ONE = 1 << 15
Q30_ONE = 1 << 30
POINTER_BYTES = 4


def number(c_type: str) -> Any:
    """Return the dataclass field of a number that is a `c_type` in C, such as ``uint16_t``."""
    return field(metadata={"c_type": c_type})


def frozen(values: ArrayLike, dtype: type[np.generic]) -> NDArray[Any]:
    """Return `values` as a read-only array, so that tables may be shared."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False, kw_only=True)
class Tables:
    """Base of the tables of every kind."""

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, in the order of the struct; an empty one is a null pointer in C."""
        return {name: getattr(self, name) for name in _struct(type(self)).arrays}

    @cached_property
    def numbers(self) -> dict[str, tuple[str, int]]:
        """C type and value of each number by name, in the order of the struct."""
        held = _struct(type(self)).numbers
        return {name: (c_type, getattr(self, name)) for name, c_type in held.items()}

    @property
    def table_bytes(self) -> int:
        """Bytes in flash: the arrays and the struct that points to them."""
        return struct_bytes(type(self)) + sum([array.nbytes for array in self.arrays.values()])


def struct_bytes(tables: type[Tables]) -> int:
    """Return ``sizeof`` of the struct where a pointer has 4 bytes: fields at their multiples."""
    return _struct(tables).size_bytes


class _Struct(NamedTuple):
    """What a kind's struct in C looks like: its arrays, C types by number, its bytes."""

    arrays: tuple[str, ...]
    numbers: Mapping[str, str]
    size_bytes: int


_STRUCTS: dict[type[Tables], _Struct] = {}


def _struct(tables: type[Tables]) -> _Struct:
    if tables not in _STRUCTS:
        _STRUCTS[tables] = _layout(tables)
    return _STRUCTS[tables]


def _layout(tables: type[Tables]) -> _Struct:
    held = fields(tables)
    arrays = tuple(f.name for f in held if "c_type" not in f.metadata)
    numbers = {f.name: f.metadata["c_type"] for f in held if "c_type" in f.metadata}
    end = POINTER_BYTES * len(arrays)
    for c_type in numbers.values():
        size = int(c_type.removeprefix("u").removeprefix("int").removesuffix("_t")) // 8
        end = -(-end // size) * size + size
    return _Struct(arrays, numbers, -(-end // POINTER_BYTES) * POINTER_BYTES)
