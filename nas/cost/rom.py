"""Flash of the whole firmware, as it is built with generated C and no interpreter.

    weights        int8, each array filled up to 4 bytes as the linker does
    bias           int32 an output channel
    requantize     multiplier and shift, int32 each, an output channel
    nodes          parameter structs and calls of the generated model.c
    tables         256 bytes an op that looks its output up
    kernels        code of the kernels used, each once
    frontend_code  and frontend_tables
    app            ring buffer, smoothing, detector
    classes        thresholds and names
    toolchain      what the compiler's own library adds

Start-up code, drivers and an operating system are the board's, not the candidate's.
"""

from collections.abc import Mapping
from functools import cache

from nas.cost.app import class_bytes
from nas.cost.by_op import entry, op_kinds
from nas.cost.code import CodeSizes
from nas.cost.constants import graph_constants
from nas.frontend.sizes import FrontEndSizes
from nas.graph.graph import Graph
from nas.graph.once import once_a_graph
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Op,
    Pad,
    Relu,
    Requantize,
    Reshape,
    Softmax,
)

__all__ = ["kernels", "rom_parts"]

KERNELS: Mapping[type[Op], tuple[str, ...]] = {
    Conv2D: ("nas_convolve_s8",),
    DepthwiseConv2D: ("nas_depthwise_conv_s8",),
    FullyConnected: ("nas_fully_connected_s8",),
    AveragePool2D: ("nas_avgpool_s8",),
    MaxPool2D: ("nas_max_pool_s8",),
    Mean: ("nas_mean_s8",),
    Add: ("nas_elementwise_add_s8",),
    Reshape: (),
    Softmax: ("nas_softmax_s8",),
    Pad: ("nas_pad_s8",),
    Logistic: ("nas_lookup_s8",),
    Relu: ("nas_lookup_s8",),
    Requantize: ("nas_lookup_s8",),
}
"""The kernel an op calls. A Reshape is no work in C: it shares its input's bytes."""
CALLING = frozenset(op.__name__ for op, names in KERNELS.items() if names)


def rom_parts(graph: Graph, sizes: FrontEndSizes | None, code: CodeSizes) -> dict[str, int]:
    """Return what the flash is made of, by ``rom.`` name, in bytes.

    Where the front end is not known (`sizes` None), it and the app around it count nothing.
    """
    called, constants = kernels(graph), graph_constants(graph)
    channels, tables = (
        sum([c.channels for c in constants]),
        sum([c.table_bytes for c in constants]),
    )
    return {
        "rom.weights": sum([-(-c.weight_bytes // 4) * 4 for c in constants]),
        "rom.bias": 4 * channels,
        "rom.requantize": 8 * channels,
        **({"rom.tables": tables} if tables else {}),
        "rom.nodes": code.model_bytes + _node_bytes(graph, code),
        "rom.kernels": code.code_bytes(called),
        "rom.frontend_tables": sizes.table_bytes if sizes else 0,
        "rom.frontend_code": code.code_bytes(sizes.functions) if sizes else 0,
        "rom.app": code.code_bytes(code.area("app")) if sizes else 0,
        "rom.classes": class_bytes(graph) if sizes else 0,
        "rom.toolchain": code.toolchain_bytes,
    }


@once_a_graph
def kernels(graph: Graph) -> frozenset[str]:
    """Return the C functions that the graph's ops call."""
    return frozenset(
        [name for node, _ in op_kinds(graph) for name in entry(KERNELS, node, "kernel")]
    )


def _node_bytes(graph: Graph, code: CodeSizes) -> int:
    kinds = op_kinds(graph)
    return sum([n * _one_node_bytes(code, type(node.op).__name__) for node, n in kinds])


@cache
def _one_node_bytes(code: CodeSizes, op: str) -> int:
    return code.node(op)[0] if op in CALLING else 0
