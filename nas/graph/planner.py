"""Places the tensors of a graph in one arena; what is planned here is what the C allocates.

Two plans. `greedy_plan` is TensorFlow Lite Micro's (`greedy.py`): no two tensors alive at once
share a byte.
`overlapped_plan` is for the generated C: an output may lie over the front of an input that dies at
its node, as far as the kernels read ahead of what they write (`overlap.py`), and where a graph
branches the nodes run in the order that needs least (`order.py`). A chain is planned exactly
(`chain.py`), other graphs by trying several orders of placement (`placement.py`); neither is ever
longer than the greedy plan.

Buffers start at multiples of 16 bytes. In C a Reshape moves nothing: its output is its input's
buffer.
The graph's input is written before the first node, its output read after the last.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations

from nas.graph.chain import chain_length, place_chain
from nas.graph.graph import Graph, Node
from nas.graph.greedy import ALIGNMENT, Buffer, aligned, place_largest_first
from nas.graph.lifetimes import spans, storage, tensor_bytes
from nas.graph.once import once_a_graph
from nas.graph.ops import Reshape
from nas.graph.order import Needs, least_order
from nas.graph.overlap import margin
from nas.graph.placement import Bounds, place_best

__all__ = [
    "ALIGNMENT",
    "Plan",
    "greedy_plan",
    "live_bytes",
    "occupied_bytes",
    "overlapped_bytes",
    "overlapped_plan",
    "peak_activation_bytes",
    "tensor_buffers",
    "unplanned_bytes",
]

BRANCHING_NODES = 256
"""A graph that branches and has more nodes is planned greedily: any plan in a second or two."""

Spans = Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Plan:
    """Where each tensor lies, and when each node runs.

    Attributes:
        order: indices of the nodes in the order in which they run.
        offsets: bytes from the start of the arena, by tensor; aliases share one.
        arena_bytes: length of the arena, a multiple of 16.
    """

    order: tuple[int, ...]
    offsets: tuple[int, ...]
    arena_bytes: int


def greedy_plan(graph: Graph) -> Plan:
    """Return TFLM's plan: no two tensors alive at once share a byte; nodes run as they stand.

    TFLM copies a Reshape: its output has a place of its own.
    """
    length, offsets = place_largest_first(tensor_buffers(graph))
    return Plan(tuple(range(len(graph.nodes))), tuple(offsets), length)


def tensor_buffers(graph: Graph) -> list[Buffer]:
    """Return bytes, first and last use of each tensor as TFLM plans them."""
    use = spans(graph, range(len(graph.tensors)))
    unread = (0, 0)
    return [(aligned(n), *use.get(i, unread)) for i, n in enumerate(tensor_bytes(graph))]


def overlapped_plan(graph: Graph, *, alignment: int = ALIGNMENT) -> Plan:
    """Return the plan of the generated C: outputs over dying inputs, branches in the best order.

    `alignment` is what offsets and the arena's length are multiples of.
    """
    owner, chain = storage(graph), _chain(graph)
    if chain is not None:
        return _planned_chain(graph, owner, chain, alignment)
    if len(graph.nodes) > BRANCHING_NODES:
        return _planned_greedily(graph, owner, alignment)
    needs = Needs(graph, owner, alignment=alignment)
    peak, best = least_order(graph, needs)
    orders = dict.fromkeys((tuple(range(len(graph.nodes))), best))
    plans = [_planned_branches(graph, owner, order, needs, peak) for order in orders]
    return min(plans, key=lambda plan: plan.arena_bytes)


def overlapped_bytes(graph: Graph) -> int:
    """Return the `arena_bytes` of the overlapped plan, in less time than the plan takes."""
    chain = _chain(graph)
    if chain is None:
        return overlapped_plan(graph).arena_bytes
    return chain_length(*_chain_sizes(graph, chain, ALIGNMENT)) * ALIGNMENT


def unplanned_bytes(graph: Graph) -> int:
    """Return the length of an arena in which every tensor has its own place."""
    return sum(map(aligned, tensor_bytes(graph)))


def live_bytes(graph: Graph, order: Sequence[int] | None = None) -> tuple[int, ...]:
    """Return the bytes of the tensors alive while each node runs, in the order of execution."""
    use = spans(graph, storage(graph), order)
    return tuple(_alive(tensor_bytes(graph), use, len(graph.nodes)))[: len(graph.nodes)]


def occupied_bytes(graph: Graph, plan: Plan) -> tuple[int, ...]:
    """Return the bytes of the arena that hold live tensors while each node runs, as planned.

    Bytes that an output takes over from a dying input count once.
    """
    owner, sizes = _sharing(graph, plan), tensor_bytes(graph)
    buffers = [
        (plan.offsets[b], plan.offsets[b] + sizes[b], *use)
        for b, use in spans(graph, owner, plan.order).items()
    ]
    return tuple(
        _covered((low, high) for low, high, first, last in buffers if first <= time <= last)
        for time in range(len(graph.nodes))
    )


def _sharing(graph: Graph, plan: Plan) -> list[int]:
    """Return the owner of each tensor's bytes: a Reshape may share or, as in TFLM, copy."""
    owner = list(range(len(graph.tensors)))
    for node in graph.nodes:
        source = node.inputs[0]
        if isinstance(node.op, Reshape) and plan.offsets[node.output] == plan.offsets[source]:
            owner[node.output] = owner[source]
    return owner


def _covered(intervals: Iterable[tuple[int, int]]) -> int:
    covered = end = 0
    for low, high in sorted(intervals):
        covered += max(0, high - max(low, end))
        end = max(end, high)
    return covered


def peak_activation_bytes(graph: Graph) -> int:
    """Return the most bytes of tensors alive at one node: no plan without overlap is smaller."""
    sizes, chain = tensor_bytes(graph), _chain(graph)
    if chain is None:
        return max(live_bytes(graph), default=sizes[graph.input])
    pairs = [sizes[storage(graph)[node.inputs[0]]] + sizes[node.output] for node in chain]
    return max(pairs, default=sizes[graph.input])


def _sizes(graph: Graph, owner: Sequence[int], alignment: int) -> dict[int, int]:
    """Return the bytes of each buffer, rounded up to the alignment."""
    sizes = tensor_bytes(graph)
    return {b: aligned(sizes[b], alignment) for b in dict.fromkeys(owner)}


def _greedy(sizes: Mapping[int, int], use: Spans) -> tuple[int, dict[int, int]]:
    """Return the length of the arena and the offsets, the largest buffer first."""
    length, offsets = place_largest_first([(size, *use[b]) for b, size in sizes.items()])
    return length, dict(zip(sizes, offsets, strict=True))


@once_a_graph
def _chain(graph: Graph) -> tuple[Node, ...] | None:
    """Return the nodes that move bytes if each reads only what the one before wrote, or None."""
    owner = storage(graph)
    current = owner[graph.input]
    nodes = []
    for node in graph.nodes:
        for tensor in node.inputs:
            if owner[tensor] != current:
                return None
        if not isinstance(node.op, Reshape):
            current = node.output
            nodes.append(node)
    return tuple(nodes) if owner[graph.output] == current else None


def _chain_sizes(
    graph: Graph, nodes: Sequence[Node], alignment: int
) -> tuple[list[int], list[int]]:
    """Return sizes of the buffers of a chain and margins of its nodes, in units of alignment."""
    tensors, bytes_ = graph.tensors, tensor_bytes(graph)
    buffers = [storage(graph)[graph.input], *[node.output for node in nodes]]
    margins = [
        -(-margin(node.op, tensors[node.inputs[0]].shape, tensors[node.output].shape) // alignment)
        for node in nodes
    ]
    return [-(-bytes_[buffer] // alignment) for buffer in buffers], margins


def _planned_chain(
    graph: Graph, owner: Sequence[int], nodes: Sequence[Node], alignment: int
) -> Plan:
    buffers = [owner[graph.input], *[node.output for node in nodes]]
    length, offsets = place_chain(*_chain_sizes(graph, nodes, alignment))
    placed = dict(zip(buffers, offsets, strict=True))
    order = tuple(range(len(graph.nodes)))
    return Plan(order, tuple([placed[b] * alignment for b in owner]), length * alignment)


def _planned_greedily(graph: Graph, owner: Sequence[int], alignment: int) -> Plan:
    """Return the greedy plan in which a Reshape shares its input's bytes."""
    length, placed = _greedy(_sizes(graph, owner, alignment), spans(graph, owner))
    order = tuple(range(len(graph.nodes)))
    return Plan(order, tuple(placed[buffer] for buffer in owner), length)


def _planned_branches(
    graph: Graph, owner: Sequence[int], order: tuple[int, ...], needs: Needs, enough: int
) -> Plan:
    """Return the shortest of several placements and the greedy one; stops at `enough` bytes."""
    use, sizes = spans(graph, owner, order), needs.sizes
    alive = _alive(sizes, use, len(order))
    tried = _placing_orders(sizes, use, alive)
    found = place_best(tried, sizes, _bounds(graph, order, use, needs), enough=enough)
    if found[0] > max(alive):  # the greedy plan needs that much
        found = min(found, _greedy(sizes, use), key=lambda pair: pair[0])
    length, placed = found
    return Plan(order, tuple([placed[buffer] for buffer in owner]), length)


def _alive(sizes: Mapping[int, int] | Sequence[int], use: Spans, n_nodes: int) -> list[int]:
    """Return the bytes of the buffers alive while each node runs, and after the last."""
    change = [0] * (n_nodes + 2)
    for buffer, (first, last) in use.items():
        change[first] += sizes[buffer]
        change[last + 1] -= sizes[buffer]
    return list(accumulate(change))[:-1]


def _placing_orders(
    sizes: Mapping[int, int], use: Spans, alive: Sequence[int]
) -> Iterator[list[int]]:
    """Yield buffers from the last to the first, outwards from the peak, by size, from the first.

    What does best on residual networks comes first: most often it is enough.
    """
    by_time = sorted(sizes, key=use.__getitem__)
    yield by_time[::-1]
    by_size = sorted(sizes, key=lambda b: (-sizes[b], b))
    peak = max(range(len(alive)), key=alive.__getitem__)
    yield sorted(by_size, key=lambda b: max(use[b][0] - peak, peak - use[b][1], 0))
    yield by_size
    yield by_time


def _bounds(graph: Graph, order: Sequence[int], use: Spans, needs: Needs) -> Bounds:
    """Return how far apart buffers alive at once must lie."""
    sizes = needs.sizes
    bounds: dict[int, dict[int, int]] = {buffer: {} for buffer in use}
    for (a, (first, last)), (b, (begin, end)) in combinations(use.items(), 2):
        if begin <= last and first <= end:
            bounds[a][b], bounds[b][a] = sizes[a], sizes[b]
    for time, index in enumerate(order):
        node = graph.nodes[index]
        if not isinstance(node.op, Reshape):
            dying = {b: m for b, m in needs.margins[index].items() if use[b][1] == time}
            bounds[node.output].update(dying)
    return bounds
