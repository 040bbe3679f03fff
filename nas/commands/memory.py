"""Memory by op: what each op reads from flash and what lives in the arena while it runs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from nas.cost.constants import node_constants
from nas.cost.macs import node_macs
from nas.graph.graph import Graph, Node
from nas.graph.lifetimes import lifetimes, storage

__all__ = ["memory_by_op"]


def memory_by_op(
    graph: Graph, *, order: Sequence[int] | None = None, offsets: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Return one row a node: op, name, output_shape, macs, constant_bytes, live_bytes.

    Args:
        graph: the network.
        order: indices of the nodes as they run, and so of the rows; the graph's own without it.
        offsets: where each tensor lies in the arena. With them a row has arena_bytes too: what
            of the arena is in use, where tensors that share bytes count once.
    """
    nodes = graph.nodes if order is None else tuple(graph.nodes[index] for index in order)
    alive = _alive(replace(graph, nodes=nodes))
    return [
        {
            "op": type(node.op).__name__,
            "name": node.name,
            "output_shape": list(graph.tensors[node.output].shape),
            "macs": node_macs(graph, node),
            "constant_bytes": _constant_bytes(graph, node),
            "live_bytes": sum(graph.tensors[tensor].size_bytes for tensor in tensors),
            **({} if offsets is None else {"arena_bytes": _in_use(graph, tensors, offsets)}),
        }
        for node, tensors in zip(nodes, alive, strict=True)
    ]


def _constant_bytes(graph: Graph, node: Node) -> int:
    constants = node_constants(graph, node)
    return constants.weight_bytes + 4 * (constants.channels + len(constants.parameter))


def _alive(graph: Graph) -> list[set[int]]:
    """Return for each node the tensors alive while it runs; of aliases only their owner."""
    alive: list[set[int]] = [set() for _ in graph.nodes]
    for owner, span in zip(storage(graph), lifetimes(graph), strict=True):
        for time in range(span.first_use, min(span.last_use + 1, len(alive))):
            alive[time].add(owner)
    return alive


def _in_use(graph: Graph, tensors: Iterable[int], offsets: Sequence[int]) -> int:
    """Return the bytes that at least one of `tensors` lies on."""
    used = end = 0
    spans = ((offsets[tensor], graph.tensors[tensor].size_bytes) for tensor in tensors)
    for start, size in sorted(spans):
        used += max(0, start + size - max(start, end))
        end = max(end, start + size)
    return used
