"""Kernels of which a part only ever meets padding: nobody would propose them."""

from functools import lru_cache

from nas.graph.graph import Graph, Node
from nas.graph.ops import Conv2D, DepthwiseConv2D, Shape
from nas.graph.windows import Side, same_padding, window_output
from nas.space.build import ImpossibleCandidate

__all__ = ["check_taps"]


WITH_TAPS = (Conv2D, DepthwiseConv2D)
"""A kernel of 1x1 always meets the input; pools have no weights to waste."""


def check_taps(graph: Graph, family: str) -> None:
    """Refuse a kernel of which a tap only ever meets padding: its weights would do nothing.

    Such a network computes what it should: one that was trained is built and priced as any other.
    It is not worth a training, since the same network is there with a smaller kernel.

    Raises:
        ImpossibleCandidate: names the layer.
    """
    for node in graph.nodes:
        if isinstance(node.op, WITH_TAPS) and node.op.kernel != (1, 1):
            _check(node, node.op, graph.tensors[node.inputs[0]].shape, family)


def _check(node: Node, op: Conv2D | DepthwiseConv2D, shape: Shape, family: str) -> None:
    for axis, what in enumerate(("frames", "bins")):
        kernel = op.kernel[axis]
        if kernel > 1 and not _all_meet(*op.axis(shape, axis)):
            raise ImpossibleCandidate(
                f"{family}: {node.name}: a part of its kernel over {kernel} {what} only meets "
                f"padding: {shape[axis]} are left"
            )


@lru_cache(maxsize=4096)
def _all_meet(size: int, kernel: int, stride: int, dilation: int, padding: Side) -> bool:
    """Tell whether each tap of a kernel meets one of `size` places at least.

    The first tap gets furthest at the last position, and the last tap at the first position; where
    both meet a place, those between them do.
    """
    before = same_padding(size, kernel, stride, dilation, padding)
    last = (window_output(size, kernel, stride, dilation, padding) - 1) * stride
    return before <= last and (kernel - 1) * dilation - before < size
