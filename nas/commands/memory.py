"""Memory by op: what each op reads from flash and what is in use of the arena while it runs."""

from typing import Any

from nas.cost.constants import node_constants
from nas.cost.macs import node_macs
from nas.graph.graph import Graph, Node
from nas.graph.planner import Plan, occupied_bytes, overlapped_plan

__all__ = ["memory_by_op"]


def memory_by_op(graph: Graph, plan: Plan | None = None) -> list[dict[str, Any]]:
    """Return one row a node as it runs: op, name, output_shape, macs, constant_bytes, live_bytes.

    live_bytes are the bytes of the arena in use; those that an output takes over from an input
    count once. Without a plan it is the one of the generated C.
    """
    plan = plan or overlapped_plan(graph)
    nodes = [graph.nodes[index] for index in plan.order]
    return [
        {
            "op": type(node.op).__name__,
            "name": node.name,
            "output_shape": list(graph.tensors[node.output].shape),
            "macs": node_macs(graph, node),
            "constant_bytes": _constant_bytes(graph, node),
            "live_bytes": in_use,
        }
        for node, in_use in zip(nodes, occupied_bytes(graph, plan), strict=True)
    ]


def _constant_bytes(graph: Graph, node: Node) -> int:
    constants = node_constants(graph, node)
    return constants.weight_bytes + 4 * (constants.channels + len(constants.parameter))
