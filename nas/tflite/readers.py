"""One reader for each operator of a `.tflite` file: from file to op, inputs and constants.

To read one more operator, write a function here, or in `readers_plain` where it has no weights,
and enter it in `READERS` or `PLAIN`.
"""

from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected
from nas.graph.quantized import Constants
from nas.tflite.flatbuffer import FileOp, FileTensor, ModelFile
from nas.tflite.readers_plain import PLAIN, Reader
from nas.tflite.source import OpRead, Source

__all__ = ["OpRead", "read_op"]


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
    if len(source.output.shape) != 2:
        raise source.refused(f"output {source.output.shape}; (1, n) is read: reshape before it")
    scales = source.needed(1).scales
    op = FullyConnected(shape[0], source.activation(options), per_channel=scales.size > 1)
    return source.result(op, _constants(source, axis=0))


READERS: Mapping[str, Reader] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _fully_connected,
    **PLAIN,
}

_CONCRETE = "computes a shape; convert from a concrete function with batch 1"
ADVICE = {"SHAPE": _CONCRETE, "STRIDED_SLICE": _CONCRETE, "PACK": _CONCRETE}


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
