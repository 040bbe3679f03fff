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

LIBRARIES = {
    "CMSIS_NN": ("cmsis-nn", None),
    "ESP_NN": ("esp-nn", None),
    "ESP_NN_ESP32S3": ("esp-nn", "xtensa-lx7"),
}


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


def scratch_bytes(graph: Graph) -> dict[str, int]:
    """Return the most that one node asks of each library, as `nas.cost` prices it; 16 at least."""
    tables = {name: scratch_table(*library) for name, library in LIBRARIES.items()}
    return {
        name: aligned(max([16, *(node_scratch_bytes(graph, node, it) for node in graph.nodes)]))
        for name, it in tables.items()
    }


def _scratch_h(tree: Tree) -> str:
    sizes = scratch_bytes(folded_graph(tree.model.graph))
    lines = [f"#define NAS_PORT_SCRATCH_{name}_BYTES {size}\n" for name, size in sizes.items()]
    return (
        f"/* {tree.banner}\n"
        " * The most bytes of scratch that one op asks of CMSIS-NN (cores with DSP instructions)\n"
        " * or ESP-NN. If nas_port_scratch_missing() is not 0, define NAS_PORT_SCRATCH_BYTES. */\n"
        "#ifndef NAS_GENERATED_APART_SCRATCH_H\n#define NAS_GENERATED_APART_SCRATCH_H\n\n"
        "#ifdef ESP_PLATFORM\n"
        '#include "sdkconfig.h"\n'
        "#endif\n\n" + "".join(lines) + "\n#ifndef NAS_PORT_SCRATCH_BYTES\n"
        "#if defined(NAS_USE_CMSIS_NN)\n"
        "#define NAS_PORT_SCRATCH_BYTES NAS_PORT_SCRATCH_CMSIS_NN_BYTES\n"
        "#elif defined(CONFIG_IDF_TARGET_ESP32S3)\n"
        "#define NAS_PORT_SCRATCH_BYTES NAS_PORT_SCRATCH_ESP_NN_ESP32S3_BYTES\n"
        "#else\n"
        "#define NAS_PORT_SCRATCH_BYTES NAS_PORT_SCRATCH_ESP_NN_BYTES\n"
        "#endif\n#endif\n\n#endif\n"
    )
