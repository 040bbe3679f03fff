"""Instructions of our C, from the tables that emulation wrote: the one place that imports them."""

from nas.frontend.settings import LogMelSettings
from nas.graph.graph import Graph, Node

__all__ = ["hop_instructions", "node_instructions"]


def node_instructions(graph: Graph, node: Node, core: str) -> float:
    """Return the instructions of one node of the generated C on an emulated `core`."""
    from nas.cost import instructions  # type: ignore[attr-defined, unused-ignore]

    return float(instructions.node_instructions(graph, node, core))


def hop_instructions(settings: LogMelSettings, core: str) -> float:
    """Return the instructions of the front end for one hop on an emulated `core`."""
    from nas.cost import instructions  # type: ignore[attr-defined, unused-ignore]

    return float(instructions.hop_instructions(settings, core))
