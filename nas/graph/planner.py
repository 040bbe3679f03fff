"""Places the tensors of a graph in one arena; what is planned here is what the C allocates.

Greedy by size, the method of TensorFlow Lite Micro's GreedyMemoryPlanner: the largest buffer
first, each at the lowest offset where it overlaps no placed buffer that is alive at the same time.
Buffers start at multiples of 16 bytes. A Reshape moves nothing: its output is its input's buffer.
"""

from dataclasses import dataclass

from nas.graph.graph import Graph
from nas.graph.lifetimes import Lifetime, lifetimes, storage

__all__ = ["ALIGNMENT", "Plan", "peak_activation_bytes", "plan"]

ALIGNMENT = 16


@dataclass(frozen=True)
class Plan:
    """Where each tensor lies.

    Attributes:
        offsets: bytes from the start of the arena, by tensor; aliases share one.
        arena_bytes: length of the arena, a multiple of 16.
    """

    offsets: tuple[int, ...]
    arena_bytes: int


@dataclass(frozen=True)
class _Buffer:
    size: int
    lifetime: Lifetime


def plan(graph: Graph) -> Plan:
    """Return the offsets of all tensors and the length of the arena."""
    buffers = {owner: _aligned(buffer) for owner, buffer in _buffers(graph).items()}
    placed: dict[int, int] = {}
    for owner in sorted(buffers, key=lambda index: -buffers[index].size):
        placed[owner] = _lowest_gap(buffers[owner], placed, buffers)
    offsets = tuple(placed[owner] for owner in storage(graph))
    return Plan(offsets, max(placed[owner] + buffers[owner].size for owner in placed))


def peak_activation_bytes(graph: Graph) -> int:
    """Return the most bytes of tensors alive at one node: no arena can be smaller."""
    buffers = _buffers(graph).values()
    return max(
        sum(b.size for b in buffers if b.lifetime.first_use <= time <= b.lifetime.last_use)
        for time in range(max(len(graph.nodes), 1))
    )


def _buffers(graph: Graph) -> dict[int, _Buffer]:
    """Return the buffers by the tensor that owns them; aliases extend their owner's life."""
    spans: dict[int, Lifetime] = {}
    for owner, span in zip(storage(graph), lifetimes(graph), strict=True):
        known = spans.get(owner, span)
        spans[owner] = Lifetime(
            min(known.first_use, span.first_use), max(known.last_use, span.last_use)
        )
    return {owner: _Buffer(graph.tensors[owner].size_bytes, span) for owner, span in spans.items()}


def _aligned(buffer: _Buffer) -> _Buffer:
    return _Buffer(-(-buffer.size // ALIGNMENT) * ALIGNMENT, buffer.lifetime)


def _lowest_gap(buffer: _Buffer, placed: dict[int, int], buffers: dict[int, _Buffer]) -> int:
    """Return the lowest offset where `buffer` meets no placed buffer alive with it."""
    taken = sorted(
        (offset, offset + buffers[owner].size)
        for owner, offset in placed.items()
        if buffers[owner].lifetime.overlaps(buffer.lifetime)
    )
    offset = 0
    for start, end in taken:
        if start - offset >= buffer.size:
            break
        offset = max(offset, end)
    return offset
