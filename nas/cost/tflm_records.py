"""Sizes of the structs that TensorFlow Lite Micro keeps in its arena, by the bytes of a pointer.

Read in TFLM's sources and held against two builds of it that print what they allocate: the
`tflite-micro` wheel (64 bit; built with compression, so its kernels' records are longer, and
recording, so its allocator is) and the wasm of `mcufit` (32 bit). Enums take 4 bytes here; a
bare-metal Arm compiler gives them 1, which makes an arena there 8 to 24 bytes smaller.

Fitted, not read: `allocators` (one number a build) and, on 64 bit, two records of 16 bytes more
than the headers say (fully connected parameters, a Mean's data).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nas.errors import ConfigError
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
    Softmax,
)

__all__ = ["PARAMETER_BYTES", "Records", "records"]


@dataclass(frozen=True, eq=False)
class Records:
    """Sizes in bytes on one kind of processor.

    Attributes:
        pointer: of an address.
        allocators: arena, planner and allocator objects, allocated first.
        eval_tensor: TfLiteEvalTensor, one a tensor.
        node: NodeAndRegistration, one a node.
        tensor: TfLiteTensor, one for the input and one for the output.
        quantization: TfLiteAffineQuantization of those.
        fully_connected_parameters: what the file's options become.
        kernels: the record that an op's kernel keeps (its OpData); 0 for none.
        request: one request for scratch, while planning.
        allocation: one line of the list that is planned.
    """

    pointer: int
    allocators: int
    eval_tensor: int
    node: int
    tensor: int
    quantization: int
    fully_connected_parameters: int
    kernels: Mapping[type[Op], int]
    request: int
    allocation: int


PARAMETER_BYTES: Mapping[type[Op], tuple[int, int]] = {
    Conv2D: (28, 4),
    DepthwiseConv2D: (28, 4),
    FullyConnected: (16, 4),
    AveragePool2D: (40, 4),
    MaxPool2D: (40, 4),
    Mean: (1, 1),
    Add: (8, 4),
    Reshape: (36, 4),
    Softmax: (4, 4),
    Pad: (0, 1),
    Logistic: (0, 1),
    Relu: (0, 1),
    Requantize: (0, 1),
    Quantize: (0, 1),
    Dequantize: (0, 1),
}
"""TfLiteConvParams and so on: bytes and alignment."""

KERNEL_BYTES: Mapping[type[Op], int] = {
    Conv2D: 56,
    DepthwiseConv2D: 56,
    FullyConnected: 48,
    AveragePool2D: 32,
    MaxPool2D: 32,
    Mean: 40,
    Add: 60,
    Reshape: 0,
    Softmax: 56,
    Pad: 56,
    Logistic: 16,
    Relu: 28,
    Requantize: 32,
    Quantize: 32,
    Dequantize: 24,
}

BITS_32 = Records(
    pointer=4,
    allocators=112,
    eval_tensor=12,
    node=32,
    tensor=40,
    quantization=12,
    fully_connected_parameters=16,
    kernels=KERNEL_BYTES,
    request=12,
    allocation=24,
)

CMSIS_NN = {
    Conv2D: 60,
    DepthwiseConv2D: 60,
    FullyConnected: 76,
    AveragePool2D: 36,
    MaxPool2D: 36,
    Softmax: 64,
}
"""CMSIS-NN's kernels add the index of their buffer, and to a fully connected node its sums."""

BITS_64 = Records(
    pointer=8,
    allocators=460,
    eval_tensor=24,
    node=64,
    tensor=64,
    quantization=24,
    fully_connected_parameters=32,
    kernels={
        **KERNEL_BYTES,
        Conv2D: 80,
        DepthwiseConv2D: 80,
        FullyConnected: 72,
        Softmax: 80,
    },
    request=16,
    allocation=32,
)

CMSIS_NN_32 = replace(BITS_32, kernels={**KERNEL_BYTES, **CMSIS_NN})


def records(kernels: str, pointer_bytes: int) -> Records:
    """Return the sizes with a library of kernels on a processor with `pointer_bytes`.

    Raises:
        ConfigError: pointers that are neither 4 nor 8 bytes.
    """
    if pointer_bytes == 8:
        return BITS_64
    if pointer_bytes != 4:
        raise ConfigError(f"pointer_bytes: {pointer_bytes} is not known to tflm; use 4 or 8")
    return CMSIS_NN_32 if kernels == "cmsis-nn" else BITS_32
