"""The order of execution in which a graph with branches needs the fewest bytes at once.

What is alive depends on which nodes have run, not on the order in which they ran. So of all orders
that have run the same set of nodes only the best need be kept (Ahn et al., "Ordering Chaos", 2020,
arXiv:2003.02369; Liberis and Lane 2019, arXiv:1910.05110). All sets are kept while there are few,
which makes the answer exact; of many, the best `WIDTH` of each size, fewer in large graphs.
"""

from collections.abc import Sequence
from itertools import pairwise

from nas.graph.graph import Graph
from nas.graph.greedy import aligned
from nas.graph.lifetimes import tensor_bytes
from nas.graph.ops import Reshape
from nas.graph.overlap import margin

__all__ = ["Needs", "least_order"]

WIDTH = 64
STEPS = 300_000
"""Steps of the search at most, a second or so: larger graphs keep fewer sets."""


def least_order(graph: Graph, needs: "Needs") -> tuple[int, tuple[int, ...]]:
    """Return the least peak in bytes and the order that has it; ties go to the graph's own."""
    given = tuple(range(len(graph.nodes)))
    peak = needs.peak(given)
    if all(before.output in after.inputs for before, after in pairwise(graph.nodes)):
        return peak, given
    width = min(WIDTH, STEPS // len(given) ** 2)
    if not width:
        return peak, given
    states: _States = {0: (needs.start, needs.start, ())}
    for _ in given:
        states = _grown(states, needs, width)
    ((least, _, order),) = states.values()
    return (least, order) if least < peak else (peak, given)


_States = dict[int, tuple[int, int, tuple[int, ...]]]
"""By the nodes that have run, as bits: peak so far, bytes alive now, order."""


def _grown(states: _States, needs: "Needs", width: int) -> _States:
    """Return the best states with one node more."""
    grown: _States = {}
    for done, (peak, live, order) in states.items():
        for node in needs.ready(done):
            during, after = needs.step(node, done, live)
            reached, worst = done | 1 << node, max(peak, during)
            if reached not in grown or worst < grown[reached][0]:
                grown[reached] = (worst, after, (*order, node))
    return dict(sorted(grown.items(), key=lambda item: item[1][:2])[:width])


class Needs:
    """Bytes that a graph needs while a node runs, given the nodes that ran before it.

    An output saves what it may lie over a dying input. No plan can do with less, so the peak of an
    order is a lower bound of the arena in that order.

    Attributes:
        sizes: bytes of each buffer, by the tensor that owns it, in multiples of the alignment.
        margins: by node, `overlap.margin` of each buffer read, in multiples of the alignment.
        start: bytes alive before the first node.
    """

    def __init__(self, graph: Graph, owner: Sequence[int], *, alignment: int) -> None:
        tensors, bytes_ = graph.tensors, tensor_bytes(graph)
        self.sizes = {b: aligned(bytes_[b], alignment) for b in dict.fromkeys(owner)}
        self.start = self.sizes[owner[graph.input]]
        self.margins: list[dict[int, int]] = []
        self._readers = dict.fromkeys(self.sizes, 0)
        self._readers[owner[graph.output]] = 1 << len(graph.nodes)
        self._outputs = [None if isinstance(n.op, Reshape) else n.output for n in graph.nodes]
        writer = {node.output: 1 << index for index, node in enumerate(graph.nodes)}
        self._before = [sum(writer.get(t, 0) for t in set(node.inputs)) for node in graph.nodes]
        for index, node in enumerate(graph.nodes):
            target, margins = tensors[node.output].shape, {}
            for tensor in node.inputs:
                self._readers[owner[tensor]] |= 1 << index
                apart = margin(node.op, tensors[tensor].shape, target)
                margins[owner[tensor]] = aligned(apart, alignment)
            self.margins.append(margins)

    def ready(self, done: int) -> list[int]:
        """Return the nodes that have not run and whose inputs are written."""
        return [
            node
            for node, before in enumerate(self._before)
            if not (done >> node & 1 or before & ~done)
        ]

    def step(self, node: int, done: int, live: int) -> tuple[int, int]:
        """Return the bytes needed while `node` runs after `done`, and those alive after it."""
        left = ~(done | 1 << node)
        output = self._outputs[node]
        size = 0 if output is None else self.sizes[output]
        kept, saved = live + size, 0
        for buffer, distance in self.margins[node].items():
            if not self._readers[buffer] & left:
                kept -= self.sizes[buffer]
                saved = max(saved, min(self.sizes[buffer], size - distance))
        unread = output is not None and not self._readers[output]
        return live + size - saved, kept - size if unread else kept

    def peak(self, order: Sequence[int]) -> int:
        """Return the most bytes needed at once when the nodes run in `order`."""
        done, live, peak = 0, self.start, self.start
        for node in order:
            during, live = self.step(node, done, live)
            done, peak = done | 1 << node, max(peak, during)
        return peak
