"""Buffers that TensorFlow Lite Micro's kernels ask for while they run, in the planned part.

Read in the sources: TFLM's `reduce_common.cc` (a sum an element of a Mean's output, the indices of
an element, the axes), CMSIS-NN's
`*_get_buffer_size` functions for cores with DSP instructions (cores without ask for less, the
M55's vector code for more), ESP-NN's plain C build, which is the ESP32's and the C3's. ESP-NN's
vector code for the S3 is in `tflm_scratch_s3.py`.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from nas.cost.by_op import entry
from nas.cost.tflm_scratch_s3 import s3_conv, s3_depthwise
from nas.errors import ConfigError
from nas.graph.graph import Graph, Node
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    Dequantize,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Op,
    Pad,
    Quantize,
    Relu,
    Requantize,
    Reshape,
    Shape,
    Softmax,
    same_padding,
)

__all__ = ["KERNELS", "node_requests", "node_scratch_bytes", "scratch_table"]

Rule = Callable[[Any, Shape, Shape], int]
"""Op, input and output shape -> bytes."""

INT16, INT32 = 2, 4


def node_requests(graph: Graph, node: Node, table: Mapping[type[Op], Rule]) -> tuple[int, ...]:
    """Return the bytes of each buffer that `node` asks for by the rules `table`."""
    own = node_scratch_bytes(graph, node, table)
    buffers = (own,) if own else ()
    if not isinstance(node.op, Mean):
        return buffers
    rank = 1 + len(graph.tensors[node.inputs[0]].shape)
    return *buffers, INT32 * rank, INT32 * len(node.op.axes)


def node_scratch_bytes(graph: Graph, node: Node, table: Mapping[type[Op], Rule]) -> int:
    """Return the bytes that the kernel of `node` works in by the rules `table`; 0 for none."""
    rule = entry(table, node, "size of scratch in tflm")
    return rule(node.op, graph.tensors[node.inputs[0]].shape, graph.tensors[node.output].shape)


def scratch_table(kernels: str, core: str | None = None) -> Mapping[type[Op], Rule]:
    """Return the rules of a library on a core; raises ConfigError for a name that is not one."""
    if kernels == "esp-nn" and core == S3_CORE:
        return S3
    try:
        return KERNELS[kernels]
    except KeyError:
        known = ", ".join(KERNELS)
        raise ConfigError(
            f"kernels: `{kernels}` is not known to tflm; use one of {known}"
        ) from None


def _none(op: Op, source: Shape, target: Shape) -> int:
    return 0


def _sums(op: Mean, source: Shape, target: Shape) -> int:
    """Return an int32 for each element of the output."""
    return INT32 * prod(target)


def _each_output(op: Op, source: Shape, target: Shape) -> int:
    """Return an int32 for each channel or class of the output."""
    return INT32 * target[-1]


def _cmsis_conv(op: Conv2D, source: Shape, target: Shape) -> int:
    """Return two columns of int16, each filled up to four elements; 1x1 reads in place."""
    unpadded = not any(_padding(op, source))
    if op.kernel == (1, 1) and op.dilation == (1, 1) and unpadded:
        return 0
    column = op.kernel[0] * op.kernel[1] * source[2]
    return 2 * INT16 * (-(-column // 4) * 4)


def _cmsis_depthwise(op: DepthwiseConv2D, source: Shape, target: Shape) -> int:
    """Return one column of int16 over all channels; 3x3 with at most one row of padding none."""
    if op.multiplier != 1 or op.dilation != (1, 1):
        return 0
    if op.kernel == (3, 3) and max(_padding(op, source)) <= 1:
        return 0
    return INT16 * source[2] * op.kernel[0] * op.kernel[1]


def _padding(op: Conv2D | DepthwiseConv2D, source: Shape) -> list[int]:
    return [same_padding(*op.axis(source, axis)) for axis in (0, 1)]


PORTABLE: Mapping[type[Op], Rule] = {
    Conv2D: _none,
    DepthwiseConv2D: _none,
    FullyConnected: _none,
    AveragePool2D: _none,
    MaxPool2D: _none,
    Mean: _sums,
    Add: _none,
    Reshape: _none,
    Softmax: _none,
    Pad: _none,
    Logistic: _none,
    Relu: _none,
    Requantize: _none,
    Quantize: _none,
    Dequantize: _none,
}

KERNELS: Mapping[str, Mapping[type[Op], Rule]] = {
    "portable": PORTABLE,
    "cmsis-nn": {
        **PORTABLE,
        Conv2D: _cmsis_conv,
        DepthwiseConv2D: _cmsis_depthwise,
        AveragePool2D: _each_output,
    },
    "esp-nn": {**PORTABLE, Softmax: _each_output},
}
"""Library -> op -> bytes."""

S3_CORE = "xtensa-lx7"
S3: Mapping[type[Op], Rule] = {**KERNELS["esp-nn"], Conv2D: s3_conv, DepthwiseConv2D: s3_depthwise}
