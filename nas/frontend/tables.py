"""Constant tables of a front end: what its C struct ``nas_<kind>_tables_t`` holds.

A kind's tables are a frozen dataclass whose fields stand in the order of the struct: arrays first
(pointers in C), then numbers. From it follow the C source, the ctypes struct and the bytes.
"""

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Q15_ONE", "Q30_ONE", "Tables", "frozen", "number"]

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
        names = [f.name for f in fields(self) if "c_type" not in f.metadata]
        return {name: getattr(self, name) for name in names}

    @cached_property
    def numbers(self) -> dict[str, tuple[str, int]]:
        """C type and value of each number by name, in the order of the struct."""
        held = [f for f in fields(self) if "c_type" in f.metadata]
        return {f.name: (f.metadata["c_type"], getattr(self, f.name)) for f in held}

    @cached_property
    def struct_bytes(self) -> int:
        """``sizeof`` of the struct where a pointer has 4 bytes: each field at its own multiple."""
        end = POINTER_BYTES * len(self.arrays)
        for c_type, _ in self.numbers.values():
            size = int(c_type.removeprefix("u").removeprefix("int").removesuffix("_t")) // 8
            end = -(-end // size) * size + size
        return -(-end // POINTER_BYTES) * POINTER_BYTES

    @cached_property
    def table_bytes(self) -> int:
        """Bytes in flash: the arrays and the struct that points to them."""
        return self.struct_bytes + sum(array.nbytes for array in self.arrays.values())
