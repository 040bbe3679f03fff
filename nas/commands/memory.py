"""Memory by op: what each op reads from flash and what lives in the arena while it runs."""

from typing import Any

from nas.cost.constants import node_constants
from nas.cost.macs import node_macs
from nas.graph.graph import Graph, Node
from nas.graph.lifetimes import lifetimes, storage

__all__ = ["memory_by_op"]


def memory_by_op(graph: Graph) -> list[dict[str, Any]]:
    """Return one row a node: op, name, output_shape, macs, constant_bytes, live_bytes."""
    return [
        {
            "op": type(node.op).__name__,
            "name": node.name,
            "output_shape": list(graph.tensors[node.output].shape),
            "macs": node_macs(graph, node),
            "constant_bytes": _constant_bytes(graph, node),
            "live_bytes": _live_bytes(graph, time),
        }
        for time, node in enumerate(graph.nodes)
    ]


def _constant_bytes(graph: Graph, node: Node) -> int:
    constants = node_constants(graph, node)
    return constants.weight_bytes + 4 * (constants.channels + len(constants.parameter))


def _live_bytes(graph: Graph, time: int) -> int:
    """Return the bytes of all tensors alive at node `time`; aliases count once."""
    spans = zip(storage(graph), lifetimes(graph), strict=True)
    owners = {owner for owner, span in spans if span.first_use <= time <= span.last_use}
    return sum(graph.tensors[owner].size_bytes for owner in owners)
