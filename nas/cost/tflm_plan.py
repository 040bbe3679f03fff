"""Length of the planned part of TFLM's arena: activations, and the buffers kernels ask for.

GreedyMemoryPlanner: the largest first, each at the lowest offset where it meets no placed one that
is alive with it. Of two equally large ones the later goes first (its list is filled from the end),
scratch comes after all tensors, and a Reshape copies: its output has a place of its own. All three
matter: without them the plan of one network in ten is another, by up to 40 %.
"""

from collections.abc import Sequence

from nas.graph.graph import Graph

__all__ = ["tflm_planned_bytes"]

ALIGNMENT = 16

Buffer = tuple[int, int, int]
"""Bytes (a multiple of 16), first and last node that need it."""


def tflm_planned_bytes(graph: Graph, scratch: Sequence[int]) -> tuple[int, int]:
    """Return the length without and with `scratch`, bytes by node (0: none)."""
    tensors = _tensor_buffers(graph)
    planned = _length(tensors)
    buffers = [(_aligned(size), time, time) for time, size in enumerate(scratch) if size]
    return planned, _length(tensors + buffers) if buffers else planned


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _tensor_buffers(graph: Graph) -> list[Buffer]:
    """Return the activations in order; the graph's output is read after the last node."""
    first, last = [0] * len(graph.tensors), [0] * len(graph.tensors)
    for time, node in enumerate(graph.nodes):
        first[node.output] = last[node.output] = time
        for tensor in node.inputs:
            last[tensor] = time
    last[graph.output] = max(len(graph.nodes) - 1, 0)
    sizes = (_aligned(tensor.size_bytes) for tensor in graph.tensors)
    return list(zip(sizes, first, last, strict=True))


def _length(buffers: list[Buffer]) -> int:
    placed: list[tuple[int, int, int, int]] = []
    length = 0
    later_first = buffers[::-1]
    for size, first, last in sorted(later_first, key=lambda buffer: -buffer[0]):
        offset = 0
        for start, end, begin, until in sorted(placed):
            if begin <= last and first <= until:
                if start - offset >= size:
                    break
                offset = max(offset, end)
        placed.append((offset, offset + size, first, last))
        length = max(length, offset + size)
    return length
