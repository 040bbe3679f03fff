"""One reader for each operator of a `.tflite` file: from file to op, inputs and constants.

To read one more operator, write a function here and enter it in `READERS`.
"""

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import NDArray

from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Reshape,
    Softmax,
)
from nas.graph.quantized import Constants
from nas.tflite.flatbuffer import FileOp, FileTensor, ModelFile
from nas.tflite.source import OpRead, Source

__all__ = ["OpRead", "read_op"]

MOST_INTEGERS = 8


def read_op(model: ModelFile, op: FileOp, where: str) -> OpRead:
    """Return what `op` means.

    Raises:
        UnsupportedOpError: no reader for it, or a variant of it that is not read.
        ConfigError: it contradicts itself.
    """
    source = Source(model, op, where)
    reader = READERS.get(op.name)
    if reader is None:
        raise source.refused(ADVICE.get(op.name, f"not read; these are: {', '.join(READERS)}"))
    if len(op.outputs) != 1 or not op.inputs or op.inputs[0] < 0:
        raise source.bad(f"{len(op.inputs)} inputs and {len(op.outputs)} outputs")
    return reader(source)


def _conv(source: Source) -> OpRead:
    options = source.options("Conv2DOptions")
    shape = _weights_shape(source, 4)
    if shape[3] != source.image().shape[-1]:
        raise source.refused(f"weights of {shape[3]} channels for {source.needed(0).shape}")
    op = Conv2D(
        filters=shape[0],
        kernel=source.pair("kernel", shape[1], shape[2]),
        stride=source.pair("stride", options.StrideH(), options.StrideW()),
        dilation=source.pair("dilation", options.DilationHFactor(), options.DilationWFactor()),
        padding=source.padding(options),
        activation=source.activation(options),
    )
    return source.result(op, _constants(source, axis=0))


def _depthwise(source: Source) -> OpRead:
    options = source.options("DepthwiseConv2DOptions")
    shape = _weights_shape(source, 4)
    multiplier, rest = divmod(shape[3], source.image().shape[-1])
    if shape[0] != 1 or rest or multiplier < 1:
        raise source.bad(f"weights {shape} do not suit input {source.needed(0).shape}")
    op = DepthwiseConv2D(
        kernel=source.pair("kernel", shape[1], shape[2]),
        stride=source.pair("stride", options.StrideH(), options.StrideW()),
        dilation=source.pair("dilation", options.DilationHFactor(), options.DilationWFactor()),
        multiplier=multiplier,
        padding=source.padding(options),
        activation=source.activation(options),
    )
    return source.result(op, _constants(source, axis=3))


def _fully_connected(source: Source) -> OpRead:
    options = source.options("FullyConnectedOptions")
    if options.WeightsFormat() != 0:
        raise source.refused("shuffled weights; the default layout is read")
    shape = _weights_shape(source, 2)
    if shape[1] != prod(source.needed(0).shape):
        raise source.bad(f"weights {shape} do not suit input {source.needed(0).shape}")
    op = FullyConnected(shape[0], source.activation(options))
    return source.result(op, _constants(source, axis=0))


def _pool(kind: type[AveragePool2D] | type[MaxPool2D]) -> Callable[[Source], OpRead]:
    def reader(source: Source) -> OpRead:
        options = source.options("Pool2DOptions")
        source.image()
        if options.FusedActivationFunction() != 0:
            raise source.refused("a fused activation after pooling is not read")
        _same_scale(source)
        op = kind(
            pool=source.pair("window", options.FilterHeight(), options.FilterWidth()),
            stride=source.pair("stride", options.StrideH(), options.StrideW()),
            padding=source.padding(options),
        )
        return source.result(op)

    return reader


def _mean(source: Source) -> OpRead:
    options = source.options("ReducerOptions")
    axes = sorted(_integers(source, 1))
    if axes != [1, 2] or options.KeepDims() or len(source.needed(0).shape) != 4:
        raise source.refused(
            f"mean over axes {axes}, keep_dims {options.KeepDims()}; the mean over height and "
            "width (1, 2) of (1, h, w, c) without keep_dims is read"
        )
    return source.result(Mean())


def _add(source: Source) -> OpRead:
    options = source.options("AddOptions")
    first, second = source.needed(0), source.needed(1)
    if first.data.size or second.data.size:
        raise source.refused("adding a constant is not read; fold it into the bias before it")
    if first.shape != second.shape:
        raise source.refused(f"shapes {first.shape} and {second.shape} differ; no broadcasting")
    return source.result(Add(source.activation(options)), inputs=2)


def _reshape(source: Source) -> OpRead:
    _same_scale(source)
    return source.result(Reshape(source.output.shape[1:]))


def _softmax(source: Source) -> OpRead:
    beta = float(source.options("SoftmaxOptions").Beta())
    output = source.output
    if (output.scales.tolist(), output.zero_points.tolist()) != ([1.0 / 256.0], [-128]):
        raise source.bad("the output of an int8 softmax has scale 1/256 and zero point -128")
    if not 0.0 < beta < 1e6:
        raise source.bad(f"beta {beta} is not a positive number")
    return source.result(Softmax(beta))


READERS: dict[str, Callable[[Source], OpRead]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _fully_connected,
    "AVERAGE_POOL_2D": _pool(AveragePool2D),
    "MAX_POOL_2D": _pool(MaxPool2D),
    "MEAN": _mean,
    "ADD": _add,
    "RESHAPE": _reshape,
    "SOFTMAX": _softmax,
}

_ENDS = (
    "not read; convert with int8 input and output (inference_input_type, inference_output_type)"
)
_CONCRETE = "computes a shape; convert from a concrete function with batch 1"
ADVICE = {
    "QUANTIZE": _ENDS,
    "DEQUANTIZE": _ENDS,
    "SHAPE": _CONCRETE,
    "STRIDED_SLICE": _CONCRETE,
    "PACK": _CONCRETE,
}


def _weights_shape(source: Source, rank: int) -> tuple[int, ...]:
    """Return the shape of input 1, which must be int8 constants of `rank` dimensions."""
    tensor = source.needed(1)
    if tensor.type != "INT8" or len(tensor.shape) != rank or min(tensor.shape) < 1:
        raise source.bad(f"weights are {tensor.type} {tensor.shape}; expected INT8, {rank} sizes")
    if tensor.data.size != prod(tensor.shape):
        raise source.bad(f"weights {tensor.shape} with {tensor.data.size} bytes of data")
    if np.any(tensor.zero_points):
        raise source.refused("weights with a zero point; symmetric weights are read")
    return tensor.shape


def _constants(source: Source, *, axis: int) -> Constants:
    tensor = source.needed(1)
    channels = tensor.shape[axis]
    weights = tensor.data.view(np.int8).reshape(tensor.shape)
    return Constants(weights, _scales(source, tensor, axis), _bias(source, channels))


def _scales(source: Source, tensor: FileTensor, axis: int) -> NDArray[np.float32]:
    scales, channels = tensor.scales, tensor.shape[axis]
    if scales.size not in (1, channels) or (scales.size > 1 and tensor.axis != axis):
        raise source.bad(f"{scales.size} scales along axis {tensor.axis} for {tensor.shape}")
    if not np.all(np.isfinite(scales) & (scales > 0)):
        raise source.bad("weights with a scale that is not a number above 0")
    return np.broadcast_to(scales, (channels,))


def _bias(source: Source, channels: int) -> NDArray[np.int32] | None:
    tensor = source.input(2)
    if tensor is None:
        return None
    if tensor.type != "INT32" or tensor.data.size != 4 * channels:
        raise source.bad(f"bias is {tensor.type} with {tensor.data.size} bytes; expected INT32")
    return tensor.data.view("<i4").astype(np.int32, copy=False)


def _integers(source: Source, position: int) -> list[int]:
    tensor = source.needed(position)
    if tensor.type != "INT32" or tensor.data.size not in range(4, MOST_INTEGERS * 4 + 1, 4):
        raise source.bad(f"input {position} is not a short constant list of INT32")
    return [int(value) for value in tensor.data.view("<i4")]


def _same_scale(source: Source) -> None:
    """Check that bytes may pass unchanged from input to output (TFLite requires it)."""
    before, after = source.needed(0), source.output
    same = np.array_equal(before.zero_points, after.zero_points)
    if not same or not np.allclose(before.scales, after.scales, rtol=0, atol=1e-6):
        raise source.bad("input and output differ in scale or zero point")
