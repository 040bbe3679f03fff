"""Memory by op: what each op reads from flash and what lives in the arena while it runs."""

from typing import Any

from nas.cost.constants import node_constants
from nas.cost.macs import node_macs
from nas.graph.graph import Graph, Node
from nas.graph.planner import Plan, live_bytes, occupied_bytes, overlapped_plan

__all__ = ["memory_by_op"]


def memory_by_op(graph: Graph, plan: Plan | None = None) -> list[dict[str, Any]]:
    """Return one row a node as it runs; without a plan, the one of the generated C.

    A row has op, name, output_shape, macs, constant_bytes; live_bytes, the tensors alive; and
    arena_bytes, what of the arena they lie on, where bytes that an output takes over from an
    input count once.
    """
    plan = plan or overlapped_plan(graph)
    alive, used = live_bytes(graph, plan.order), occupied_bytes(graph, plan)
    return [
        {
            "op": type(node.op).__name__,
            "name": node.name,
            "output_shape": list(graph.tensors[node.output].shape),
            "macs": node_macs(graph, node),
            "constant_bytes": _constant_bytes(graph, node),
            "live_bytes": alive[time],
            "arena_bytes": used[time],
        }
        for time, node in enumerate(graph.nodes[index] for index in plan.order)
    ]


def _constant_bytes(graph: Graph, node: Node) -> int:
    constants = node_constants(graph, node)
    stored = constants.weight_bytes + constants.table_bytes
    return stored + 4 * (constants.channels + len(constants.parameter))
