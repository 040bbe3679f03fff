"""Finds the entry of an op's type in a table of prices; an op without one is never free."""

from collections.abc import Mapping
from typing import TypeVar

from nas.errors import UnsupportedOpError
from nas.graph.graph import Node
from nas.graph.ops import Op

__all__ = ["entry"]

Entry = TypeVar("Entry")


def entry(table: Mapping[type[Op], Entry], node: Node, quantity: str) -> Entry:
    """Return what `table` holds for the node's op.

    Raises:
        UnsupportedOpError: nothing; names the op, the node and the quantity.
    """
    try:
        return table[type(node.op)]
    except KeyError:
        known = ", ".join(sorted(op.__name__ for op in table))
        raise UnsupportedOpError(
            f"{node.name}: {type(node.op).__name__} has no {quantity}; these have: {known}"
        ) from None
