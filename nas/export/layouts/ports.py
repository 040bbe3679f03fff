"""The model for a library's kernels: no output overlaps its input, and scratch beside the arena.

CMSIS-NN and ESP-NN read and write in another order than our kernels, so the plan that `model.c`
rests on does not hold for them. `generated/apart/` has the same network, planned without overlap.
"""

from nas.cost.tflm_scratch import node_scratch_bytes, scratch_table
from nas.export.layouts.tree import Tree
from nas.export.model_c import model_sources
from nas.files import write_text
from nas.graph.fold import folded, folded_graph
from nas.graph.graph import Graph
from nas.graph.greedy import aligned, place_largest_first
from nas.graph.lifetimes import spans, storage
from nas.graph.planner import Plan

__all__ = ["apart_plan", "scratch_bytes", "write_ports"]

LIBRARIES = (("cmsis-nn", None), ("esp-nn", None), ("esp-nn", "xtensa-lx7"))


def write_ports(tree: Tree) -> None:
    """Write `generated/apart/`: model.c and model.h planned apart, scratch.h."""
    folder = tree.path / "generated" / "apart"
    network = folded(tree.model)
    layout = apart_plan(network.graph)
    sources = model_sources(network, labels=tree.labels(), model_digest=tree.digest, layout=layout)
    write_text(folder / "model.c", sources.model_c)
    write_text(folder / "model.h", sources.model_h)
    write_text(folder / "scratch.h", _scratch_h(tree))


def apart_plan(graph: Graph) -> Plan:
    """Return a plan in which tensors alive at one node share no byte, but a Reshape's two."""
    owner = storage(graph)
    use = spans(graph, owner)
    sizes = {b: aligned(graph.tensors[b].size_bytes) for b in dict.fromkeys(owner)}
    length, offsets = place_largest_first([(size, *use[b]) for b, size in sizes.items()])
    placed = dict(zip(sizes, offsets, strict=True))
    return Plan(tuple(range(len(graph.nodes))), tuple(placed[b] for b in owner), length)


def scratch_bytes(graph: Graph) -> int:
    """Return the most that one node asks of CMSIS-NN or ESP-NN, as `nas.cost` prices it."""
    tables = [scratch_table(library, core) for library, core in LIBRARIES]
    asked = [node_scratch_bytes(graph, node, t) for node in graph.nodes for t in tables]
    return aligned(max(asked, default=0))


def _scratch_h(tree: Tree) -> str:
    graph = folded_graph(tree.model.graph)
    return (
        f"/* {tree.banner}\n"
        " * The most bytes of scratch that one op asks of CMSIS-NN (cores with DSP instructions)\n"
        " * or ESP-NN. Define it larger where nas_port_scratch_missing() says so. */\n"
        "#ifndef NAS_GENERATED_APART_SCRATCH_H\n#define NAS_GENERATED_APART_SCRATCH_H\n\n"
        "#ifndef NAS_PORT_SCRATCH_BYTES\n"
        f"#define NAS_PORT_SCRATCH_BYTES {max(16, scratch_bytes(graph))}\n"
        "#endif\n\n#endif\n"
    )
