"""The arena of TensorFlow Lite Micro for a graph: what the runtime plans and what it keeps.

    planned      activations, placed by the greedy planner
    scratch      what the kernels' buffers add to that plan
    persistent   records of tensors, nodes and kernels, multipliers and shifts of channels
    planning     what the planner itself needs beyond the planned part, while it plans

`planned`, `scratch` and `persistent` are what `arena_used_bytes()` reports; an arena without
`planning` is refused by AllocateTensors although it would hold the network afterwards. It is 0 for
all but networks of tiny activations (ad01_int8: 428 bytes).
"""

from collections.abc import Sequence

from nas.cost.by_op import entry
from nas.cost.constants import NodeConstants, graph_constants, has_one_scale
from nas.cost.tflm_plan import tflm_planned_bytes
from nas.cost.tflm_records import PARAMETER_BYTES, Records, records
from nas.cost.tflm_scratch import node_requests, scratch_table
from nas.graph.graph import Graph
from nas.graph.ops import FullyConnected

__all__ = ["tflm_arena_parts"]

ALIGNMENT = 16
PLANNER_BYTES_A_BUFFER = 40
REQUESTS_A_NODE = 12
"""Requests for scratch that TFLM keeps room for (its kMaxScratchBuffersPerOp)."""
PER_TENSOR_ZERO_POINT = 8


def tflm_arena_parts(
    graph: Graph, kernels: str, *, pointer_bytes: int = 4, core: str | None = None
) -> dict[str, int]:
    """Return what the arena is made of, by name, in bytes; the sum is its length.

    Args:
        graph: the network.
        kernels: portable (TFLM's reference kernels), cmsis-nn or esp-nn.
        core: of the board; only xtensa-lx7 (ESP32-S3) makes a difference, with esp-nn.
        pointer_bytes: 4 on a microcontroller; 8 gives what the tflite-micro wheel reports.

    Raises:
        UnsupportedOpError: an op whose records are not known.
        ConfigError: kernels or pointers that are not known.
    """
    rules = scratch_table(kernels, core)
    sizes = records(kernels, pointer_bytes)
    constants = graph_constants(graph)
    scratch = [node_requests(graph, node, rules) for node in graph.nodes]
    planned, with_scratch = tflm_planned_bytes(graph, scratch)
    counts = {"n_tensors": _n_tensors(graph, constants), "n_scratch": sum(map(len, scratch))}
    tail, ends = _persistent(graph, constants, sizes, **counts)
    work = _planning_bytes(graph, sizes, **counts)
    return {
        "planned": planned,
        "scratch": with_scratch - planned,
        "persistent": ends,
        "planning": max(0, work - with_scratch - (ends - tail)),
    }


def _n_tensors(graph: Graph, constants: Sequence[NodeConstants]) -> int:
    """Return the tensors in the file: activations, weights, biases, and distinct parameters."""
    weighted = sum(1 for one in constants if one.channels)
    return len(graph.tensors) + 2 * weighted + len({c.parameter for c in constants if c.parameter})


def _persistent(
    graph: Graph,
    constants: Sequence[NodeConstants],
    sizes: Records,
    *,
    n_tensors: int,
    n_scratch: int,
) -> tuple[int, int]:
    """Return where the tail ends while the plan is made, and where it ends in the end.

    Counted from the end of the arena down, in TFLM's order of allocation.
    """
    tail = sizes.allocators + 4 * sizes.pointer
    tail += sizes.eval_tensor * n_tensors + sizes.node * len(graph.nodes)
    for node in graph.nodes:
        size, alignment = entry(PARAMETER_BYTES, node, "record of parameters in tflm")
        if isinstance(node.op, FullyConnected):
            size = sizes.fully_connected_parameters
        tail = _down(tail, size, alignment)
    for node in graph.nodes:
        tail = _down(tail, entry(sizes.kernels, node, "record of a kernel in tflm"))
    for node, one in zip(graph.nodes, constants, strict=True):
        if one.channels and not has_one_scale(node.op):
            tail = _down(_down(tail, 4 * one.channels), 4 * one.channels)
    tail = _down(tail, sizes.pointer * n_scratch, sizes.pointer)
    return tail, _input_or_output(_input_or_output(tail, sizes), sizes)


def _input_or_output(tail: int, sizes: Records) -> int:
    """Return the end of the tail after a list of one pointer and what it points to."""
    tail = _down(tail, sizes.pointer)
    return tail + sizes.tensor + sizes.quantization + PER_TENSOR_ZERO_POINT


def _down(tail: int, size: int, alignment: int = ALIGNMENT) -> int:
    """Return the end of the tail after one more allocation; nothing is allocated for 0 bytes."""
    return -(-(tail + size) // alignment) * alignment if size else tail


def _planning_bytes(graph: Graph, sizes: Records, *, n_tensors: int, n_scratch: int) -> int:
    """Return what lies in the planned part while the plan is made."""
    requests = sizes.request * (n_scratch + REQUESTS_A_NODE)
    lines = sizes.pointer + sizes.allocation * (n_tensors + n_scratch)
    return _down(requests, lines) + PLANNER_BYTES_A_BUFFER * (len(graph.tensors) + n_scratch)
