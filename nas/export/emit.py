"""From op to C: one emit function an op, found by the op's type.

To add an op: a kernel in ``firmware/kernels``, its contract in ``nas/kernels.h``, a function from
Site to Emitted, one line in EMITTERS, and a case in the tests against the runtime.
"""

from collections.abc import Callable

from nas.errors import UnsupportedOpError
from nas.export import emit_moves, emit_plain, emit_weighted
from nas.export.site import Emitted, Site
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Pad,
    Relu,
    Requantize,
    Reshape,
    Softmax,
)

__all__ = ["EMITTERS", "emit"]

EMITTERS: dict[type, Callable[[Site], Emitted]] = {
    Conv2D: emit_weighted.conv,
    DepthwiseConv2D: emit_weighted.depthwise,
    FullyConnected: emit_weighted.fully_connected,
    AveragePool2D: emit_plain.average_pool,
    MaxPool2D: emit_plain.max_pool,
    Mean: emit_plain.mean,
    Add: emit_plain.add,
    Reshape: emit_plain.reshape,
    Softmax: emit_plain.softmax,
    Pad: emit_moves.pad,
    Logistic: emit_moves.lookup,
    Relu: emit_moves.lookup,
    Requantize: emit_moves.lookup,
}


def emit(site: Site) -> Emitted:
    """Return the C of one node.

    Raises:
        UnsupportedOpError: no emit function for this op.
    """
    function = EMITTERS.get(type(site.op))
    if function is None:
        raise UnsupportedOpError(
            f"{site.node.name}: no C kernel for {type(site.op).__name__}; "
            f"there are {', '.join(sorted(op.__name__ for op in EMITTERS))}"
        )
    return function(site)
