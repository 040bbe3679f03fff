"""RAM of the whole firmware while it listens.

    arena           the planned arena; input and output of the network lie in it
    scratch         0: the portable kernels take none beyond their stack
    frontend_state  the front end's state with its work buffers
    audio_ring      samples that arrive while a decision is worked off (ring.py)
    feature_ring    features of one decision window
    app             the rest of nas_app_t and the C files' own variables
    stack           app + the deeper of (model + its deepest kernel) and the front end

The stack is the sum of frames the compiler reports along the deepest chain of calls. Interrupts,
drivers and an operating system are in the board's reserved_sram_bytes.
"""

from collections.abc import Mapping

from nas.cost.app import app_bytes
from nas.cost.by_op import entry, op_kinds
from nas.cost.code import CodeSizes
from nas.cost.rom import kernels
from nas.frontend.sizes import FrontEndSizes
from nas.graph.graph import Graph
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

__all__ = ["ram_parts"]

SCRATCH_BYTES: Mapping[type[Op], int] = {
    Conv2D: 0,
    DepthwiseConv2D: 0,
    FullyConnected: 0,
    AveragePool2D: 0,
    MaxPool2D: 0,
    Mean: 0,
    Add: 0,
    Reshape: 0,
    Softmax: 0,
    Pad: 0,
    Logistic: 0,
    Relu: 0,
    Requantize: 0,
}
"""Bytes of a buffer that the portable kernel of an op is given: none takes one."""

SAVED_REGISTER_BYTES = 16
"""A nas_model_run of many kinds of nodes keeps up to four registers more than probe.c's."""


def ram_parts(
    graph: Graph,
    sizes: FrontEndSizes | None,
    code: CodeSizes,
    *,
    arena_bytes: int,
    audio_ring_bytes: int,
) -> dict[str, int]:
    """Return what the RAM is made of, by ``ram.`` name, in bytes.

    Where the front end is not known (`sizes` None), it and the app around it count nothing.
    """
    scratch = max(
        [entry(SCRATCH_BYTES, n, "size of scratch") for n, _ in op_kinds(graph)], default=0
    )
    parts = {"ram.arena": arena_bytes, "ram.scratch": scratch}
    if sizes is None:
        return parts | {"ram.app": code.static_bytes, "ram.stack": _model_stack(graph, code)}
    return parts | {
        "ram.frontend_state": sizes.state_bytes,
        "ram.audio_ring": audio_ring_bytes,
        "ram.feature_ring": sizes.feature_ring_bytes,
        "ram.app": app_bytes(graph, feature_ring_bytes=sizes.feature_ring_bytes)
        + code.static_bytes,
        "ram.stack": _stack_bytes(graph, sizes, code),
    }


def _stack_bytes(graph: Graph, sizes: FrontEndSizes, code: CodeSizes) -> int:
    deepest = max(_model_stack(graph, code), code.stack_bytes(sizes.functions))
    return code.stack_bytes(code.area("app")) + deepest


def _model_stack(graph: Graph, code: CodeSizes) -> int:
    ops = [
        type(node.op).__name__ for node, _ in op_kinds(graph) if not isinstance(node.op, Reshape)
    ]
    frame = max([code.node(op)[1] for op in ops], default=0) + SAVED_REGISTER_BYTES
    return frame + code.stack_bytes(kernels(graph))
