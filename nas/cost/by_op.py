"""Finds the entry of an op's type in a table of prices; an op without one is never free."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from nas.errors import UnsupportedOpError
from nas.graph.graph import Graph, Node
from nas.graph.once import once_a_graph
from nas.graph.ops import Op, Shape

__all__ = ["entry", "of_each", "op_kinds"]

Entry = TypeVar("Entry")
Count = Callable[[Any, Shape, Shape], Entry]
"""From an op, the shape of its first input and that of its output."""


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


def of_each(table: Mapping[type[Op], Count[Entry]], graph: Graph, quantity: str) -> list[Entry]:
    """Return what the functions in `table` count for each node, in the order of the nodes.

    Raises:
        UnsupportedOpError: an op without a function; names the op, the node and the quantity.
    """
    tensors = graph.tensors
    try:
        counts = [table[type(node.op)] for node in graph.nodes]
    except KeyError:
        counts = [entry(table, node, quantity) for node in graph.nodes]
    return [
        count(op, tensors[inputs[0]].shape, tensors[output].shape)
        for count, (_, op, inputs, output) in zip(counts, graph.nodes, strict=True)
    ]


@once_a_graph
def op_kinds(graph: Graph) -> tuple[tuple[Node, int], ...]:
    """Return the first node of each type of op, and how many of the type there are."""
    first: dict[type[Op], Node] = {}
    count: dict[type[Op], int] = {}
    for node in graph.nodes:
        kind = type(node.op)
        first.setdefault(kind, node)
        count[kind] = count.get(kind, 0) + 1
    return tuple(zip(first.values(), count.values(), strict=True))
