"""Bytes of the tables in a `.tflite`: how flatbuffers lays out fields, and shares equal vtables.

A table is a 4-byte offset to its vtable and its fields, each aligned to its size, from the last
written to the first. A vtable holds its own size, the table's, and where each slot's field lies,
2 bytes each; tables that look the same share one. (FlatBuffers internals, "Tables".)
"""

from collections.abc import Mapping
from functools import cache

from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Op,
    Reshape,
    Softmax,
)

__all__ = ["OPTIONS", "TABLE_BYTES", "aligned", "vtable_bytes"]

Field = tuple[int, int]
"""Slot in the schema, and size in bytes."""

TABLES: Mapping[str, tuple[Field, ...]] = {
    "buffer_empty": (),
    "buffer": ((0, 4),),
    "operator_code": ((0, 1), (2, 4), (3, 4)),
    "quantization": ((2, 4), (3, 4)),
    "quantization_axis": ((2, 4), (3, 4), (6, 4)),
    "activation": ((1, 1), (0, 4), (3, 4), (4, 4)),
    "constant": ((1, 1), (0, 4), (3, 4), (4, 4), (2, 4)),
    "parameter": ((1, 1), (0, 4), (3, 4), (2, 4)),
    "operator": ((3, 1), (4, 4), (0, 4), (1, 4), (2, 4)),
    "operator_plain": ((0, 4), (1, 4), (2, 4)),
    "conv": ((3, 1), (0, 1), (2, 4), (1, 4), (5, 4), (4, 4)),
    "depthwise": ((4, 1), (0, 1), (2, 4), (1, 4), (3, 4), (6, 4), (5, 4)),
    "pool": ((5, 1), (0, 1), (2, 4), (1, 4), (4, 4), (3, 4)),
    "one_byte": ((0, 1),),
    "one_float": ((0, 4),),
    "subgraph": ((0, 4), (1, 4), (2, 4), (3, 4), (4, 4)),
    "model": ((0, 4), (1, 4), (2, 4), (3, 4), (4, 4)),
}
"""Fields in the order they are written (schema of TensorFlow Lite, version 3)."""

OPTIONS: Mapping[type[Op], str | None] = {
    Conv2D: "conv",
    DepthwiseConv2D: "depthwise",
    FullyConnected: "one_byte",
    AveragePool2D: "pool",
    MaxPool2D: "pool",
    Mean: "one_byte",
    Add: "one_byte",
    Reshape: None,
    Softmax: "one_float",
}
"""Table of an op's options; a Reshape needs none beside its shape."""

ALWAYS = ("buffer_empty", "buffer", "operator_code", "quantization", "activation", "subgraph")


def aligned(size: int, alignment: int) -> int:
    """Return `size` rounded up to a multiple of `alignment`."""
    return -(-size // alignment) * alignment


def _fields(fields: tuple[Field, ...]) -> tuple[int, dict[int, int]]:
    """Return the bytes of a table and the distance of each slot's field from its end."""
    end, places = 0, {}
    for slot, size in fields:
        end = aligned(end, size) + size
        places[slot] = end
    return aligned(end, 4) + 4, places


def _vtable(fields: tuple[Field, ...]) -> tuple[int, ...]:
    size, places = _fields(fields)
    slots = range(max(places, default=-1) + 1)
    return (size, *(size - places[slot] if slot in places else 0 for slot in slots))


TABLE_BYTES: Mapping[str, int] = {name: _fields(fields)[0] for name, fields in TABLES.items()}
VTABLES: Mapping[str, tuple[int, ...]] = {name: _vtable(fields) for name, fields in TABLES.items()}


@cache
def vtable_bytes(ops: frozenset[type[Op]]) -> int:
    """Return the bytes of all vtables in the file of a network made of `ops`."""
    kinds = {*ALWAYS, "model"} | {OPTIONS[op] for op in ops}
    kinds |= {"operator_plain" if OPTIONS[op] is None else "operator" for op in ops}
    if ops & {Conv2D, DepthwiseConv2D, FullyConnected}:
        kinds.add("constant")
    if DepthwiseConv2D in ops:
        kinds.add("quantization_axis")
    if ops & {Mean, Reshape}:
        kinds.add("parameter")
    distinct = {VTABLES[kind] for kind in kinds if kind is not None}
    return sum(aligned(2 + 2 * len(vtable), 4) for vtable in distinct)
