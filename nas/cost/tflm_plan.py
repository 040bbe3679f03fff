"""Length of the planned part of TFLM's arena: activations, and the buffers kernels ask for.

As `nas.graph.planner.greedy_plan`, with the kernels' scratch after all tensors.
"""

from collections.abc import Sequence

from nas.graph.graph import Graph
from nas.graph.greedy import aligned, place_largest_first
from nas.graph.planner import tensor_buffers

__all__ = ["tflm_planned_bytes"]


def tflm_planned_bytes(graph: Graph, scratch: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return the length without and with `scratch`: for each node the bytes of its buffers."""
    tensors = tensor_buffers(graph)
    planned = place_largest_first(tensors)[0]
    buffers = [(aligned(size), time, time) for time, sizes in enumerate(scratch) for size in sizes]
    return planned, place_largest_first(tensors + buffers)[0] if buffers else planned
