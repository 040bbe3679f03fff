"""From which node to which node each tensor must keep its bytes.

Times are positions in the execution order, both ends included: a node's inputs and its output are
alive together while it runs. The graph's input is there before the first node and its output until
the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nas.graph.graph import Graph
from nas.graph.once import once_a_graph
from nas.graph.ops import Reshape

__all__ = ["Lifetime", "lifetimes", "spans", "storage", "tensor_bytes"]


@dataclass(frozen=True)
class Lifetime:
    """First and last node during which a tensor is alive, both included."""

    first_use: int
    last_use: int

    def overlaps(self, other: "Lifetime") -> bool:
        """Tell whether some node needs both tensors."""
        return self.first_use <= other.last_use and other.first_use <= self.last_use


def lifetimes(graph: Graph) -> tuple[Lifetime, ...]:
    """Return the lifetime of each tensor, in the order of `graph.tensors`."""
    first = [0] * len(graph.tensors)
    last = [0] * len(graph.tensors)
    for time, node in enumerate(graph.nodes):
        first[node.output] = last[node.output] = time
        for tensor in node.inputs:
            last[tensor] = time
    last[graph.output] = max(len(graph.nodes) - 1, 0)
    return tuple(map(Lifetime, first, last))


@once_a_graph
def storage(graph: Graph) -> tuple[int, ...]:
    """Return for each tensor the one whose bytes it uses: a Reshape's output, its input's."""
    owner = list(range(len(graph.tensors)))
    for node in graph.nodes:
        if isinstance(node.op, Reshape):
            owner[node.output] = owner[node.inputs[0]]
    return tuple(owner)


@once_a_graph
def tensor_bytes(graph: Graph) -> tuple[int, ...]:
    """Return the bytes of each tensor."""
    return tuple([tensor.size_bytes for tensor in graph.tensors])


def spans(
    graph: Graph, owner: Sequence[int], order: Sequence[int] | None = None
) -> dict[int, tuple[int, int]]:
    """Return first and last use of each buffer, by the tensor that owns it.

    Args:
        graph: the network.
        owner: `storage(graph)`; aliases extend their owner's life.
        order: indices of nodes as they run; the graph's own without it.

    Returns:
        (first_use, last_use); the buffer of the graph's output is used once more, by the caller,
        at time ``len(graph.nodes)``.
    """
    nodes = graph.nodes if order is None else [graph.nodes[index] for index in order]
    first = {owner[graph.input]: 0}
    last = {owner[graph.input]: 0}
    for time, (_, _, inputs, output) in enumerate(nodes):
        for tensor in inputs:
            last[owner[tensor]] = time
        written = owner[output]
        first.setdefault(written, time)
        last[written] = time
    last[owner[graph.output]] = len(nodes)
    return {buffer: (start, last[buffer]) for buffer, start in first.items()}
