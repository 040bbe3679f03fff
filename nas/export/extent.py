"""How many inputs prove a network, and which networks are too large to be proved at all.

A damaged or absurd file can ask for hours of work and gigabytes of vectors in a few kilobytes.
"""

from math import prod

from nas.cost.macs import node_macs
from nas.errors import ConfigError
from nas.graph.graph import Graph, Node
from nas.graph.ops import AveragePool2D, MaxPool2D

__all__ = ["vector_count"]

VECTORS = 8
MOST_PRODUCTS = 1_000_000_000
"""One inference; MobileNet V1 of 224 x 224 pixels takes 569 million."""
MOST_BYTES = 1 << 24
"""Of all activations together: more than the RAM of any board with PSRAM, twice."""
PRODUCTS = 400_000_000
END_BYTES = 1 << 20
"""What all vectors together may take: reference runtimes need seconds, vectors are C source."""


def vector_count(graph: Graph) -> int:
    """Return how many test vectors `graph` gets, 1 to 8.

    Raises:
        ConfigError: it is too large for any microcontroller.
    """
    products = sum(_products(graph, node) for node in graph.nodes)
    held = sum(tensor.size_bytes for tensor in graph.tensors)
    if products > MOST_PRODUCTS or held > MOST_BYTES:
        raise ConfigError(
            f"model: {products:,} products and {held:,} bytes of activations; up to "
            f"{MOST_PRODUCTS:,} and {MOST_BYTES:,} are exported: the file is damaged, or no "
            "microcontroller's"
        )
    ends = sum(graph.tensors[tensor].size_bytes for tensor in (graph.input, graph.output))
    return max(1, min(VECTORS, PRODUCTS // max(products, 1), END_BYTES // ends))


def _products(graph: Graph, node: Node) -> int:
    """Return the products of a node, or the elements that its windows read."""
    if isinstance(node.op, AveragePool2D | MaxPool2D):
        source = graph.input_shapes(node)[0]
        window = prod(map(min, node.op.pool, source[:2]))
        return prod(graph.output_shape(node)) * window
    return node_macs(graph, node)
