"""One reader for each operator of a `.tflite` file: from file to op, inputs and constants.

To read one more operator, write a function here and enter it in `READERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import ConfigError, UnsupportedOpError
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Op,
    Padding,
    Reshape,
    Softmax,
)
from nas.graph.quantized import Constants
from nas.tflite.flatbuffer import FileOp, FileTensor, ModelFile

__all__ = ["OpRead", "read_op"]

ACTIVATIONS = {0: Activation.NONE, 1: Activation.RELU, 3: Activation.RELU6}
PADDINGS = {0: Padding.SAME, 1: Padding.VALID}
LARGEST_FACTOR = 1 << 16


@dataclass(frozen=True, eq=False)
class OpRead:
    """What an operator means: the op, the file's indices of its activations, its constants."""

    op: Op
    inputs: tuple[int, ...]
    output: int
    constants: Constants | None = None


@dataclass(frozen=True)
class _Source:
    """One operator of one file, and where to say that something is wrong with it."""

    model: ModelFile
    op: FileOp
    where: str

    def bad(self, message: str) -> ConfigError:
        return ConfigError(f"{self.where}: {self.op}: {message}")

    def refused(self, message: str) -> UnsupportedOpError:
        return UnsupportedOpError(f"{self.where}: {self.op}: {message}")

    def options(self, kind: str) -> Any:
        """Return the accessor of the op's options, which must be of `kind`."""
        from importlib import import_module

        if self.op.options_type != kind or self.op.options is None:
            raise self.bad(f"options of kind {self.op.options_type}, expected {kind}")
        accessor = getattr(import_module(f"tflite.{kind}"), kind)()
        accessor.Init(self.op.options.Bytes, self.op.options.Pos)
        return accessor

    def input(self, position: int) -> FileTensor | None:
        """Return the tensor read at `position`, None where it is left out."""
        index = self.op.inputs[position] if position < len(self.op.inputs) else -1
        return None if index < 0 else self.model.tensors[index]

    def needed(self, position: int) -> FileTensor:
        tensor = self.input(position)
        if tensor is None:
            raise self.bad(f"input {position} is missing")
        return tensor

    @property
    def output(self) -> FileTensor:
        return self.model.tensors[self.op.outputs[0]]

    def activation(self, options: Any) -> Activation:
        code = options.FusedActivationFunction()
        if code not in ACTIVATIONS:
            raise self.refused(f"fused activation {code}; none, RELU and RELU6 are read")
        return ACTIVATIONS[code]

    def padding(self, options: Any) -> Padding:
        if options.Padding() not in PADDINGS:
            raise self.bad(f"padding {options.Padding()} is neither SAME (0) nor VALID (1)")
        return PADDINGS[options.Padding()]

    def pair(self, name: str, height: int, width: int) -> tuple[int, int]:
        if not (1 <= height <= LARGEST_FACTOR and 1 <= width <= LARGEST_FACTOR):
            raise self.bad(f"{name} {height} x {width} is outside 1 to {LARGEST_FACTOR}")
        return height, width

    def result(self, op: Op, constants: Constants | None = None, *, inputs: int = 1) -> OpRead:
        return OpRead(op, self.op.inputs[:inputs], self.op.outputs[0], constants)


def read_op(model: ModelFile, op: FileOp, where: str) -> OpRead:
    """Return what `op` means.

    Raises:
        UnsupportedOpError: no reader for it, or a variant of it that is not read.
        ConfigError: it contradicts itself.
    """
    source = _Source(model, op, where)
    reader = READERS.get(op.name)
    if reader is None:
        raise source.refused(ADVICE.get(op.name, f"not read; these are: {', '.join(READERS)}"))
    if len(op.outputs) != 1 or not op.inputs or op.inputs[0] < 0:
        raise source.bad(f"{len(op.inputs)} inputs and {len(op.outputs)} outputs")
    return reader(source)


def _conv(source: _Source) -> OpRead:
    options = source.options("Conv2DOptions")
    shape = _weights_shape(source, 4)
    if shape[3] != source.needed(0).shape[-1]:
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


def _depthwise(source: _Source) -> OpRead:
    options = source.options("DepthwiseConv2DOptions")
    shape = _weights_shape(source, 4)
    multiplier, rest = divmod(shape[3], source.needed(0).shape[-1])
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


def _fully_connected(source: _Source) -> OpRead:
    options = source.options("FullyConnectedOptions")
    if options.WeightsFormat() != 0:
        raise source.refused("shuffled weights; the default layout is read")
    shape = _weights_shape(source, 2)
    elements = np.prod([int(size) for size in source.needed(0).shape], dtype=object)
    if shape[1] != elements:
        raise source.bad(f"weights {shape} do not suit input {source.needed(0).shape}")
    op = FullyConnected(shape[0], source.activation(options))
    return source.result(op, _constants(source, axis=0))


def _pool(kind: type[AveragePool2D] | type[MaxPool2D]) -> Callable[[_Source], OpRead]:
    def reader(source: _Source) -> OpRead:
        options = source.options("Pool2DOptions")
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


def _mean(source: _Source) -> OpRead:
    options = source.options("ReducerOptions")
    axes = sorted(_integers(source, 1))
    if axes != [1, 2] or options.KeepDims() or len(source.needed(0).shape) != 4:
        raise source.refused(
            f"mean over axes {axes}, keep_dims {options.KeepDims()}; the mean over height and "
            "width (1, 2) of (1, h, w, c) without keep_dims is read"
        )
    return source.result(Mean())


def _add(source: _Source) -> OpRead:
    options = source.options("AddOptions")
    first, second = source.needed(0), source.needed(1)
    if first.data.size or second.data.size:
        raise source.refused("adding a constant is not read; fold it into the bias before it")
    if first.shape != second.shape:
        raise source.refused(f"shapes {first.shape} and {second.shape} differ; no broadcasting")
    return source.result(Add(source.activation(options)), inputs=2)


def _reshape(source: _Source) -> OpRead:
    _same_scale(source)
    return source.result(Reshape(source.output.shape[1:]))


def _softmax(source: _Source) -> OpRead:
    beta = float(source.options("SoftmaxOptions").Beta())
    output = source.output
    if (output.scales.tolist(), output.zero_points.tolist()) != ([1.0 / 256.0], [-128]):
        raise source.bad("the output of an int8 softmax has scale 1/256 and zero point -128")
    if not 0.0 < beta < 1e6:
        raise source.bad(f"beta {beta} is not a positive number")
    return source.result(Softmax(beta))


READERS: dict[str, Callable[[_Source], OpRead]] = {
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


def _weights_shape(source: _Source, rank: int) -> tuple[int, ...]:
    """Return the shape of input 1, which must be int8 constants of `rank` dimensions."""
    tensor = source.needed(1)
    if tensor.type != "INT8" or len(tensor.shape) != rank or min(tensor.shape) < 1:
        raise source.bad(f"weights are {tensor.type} {tensor.shape}; expected INT8, {rank} sizes")
    if tensor.data.size != np.prod(tensor.shape, dtype=object):
        raise source.bad(f"weights {tensor.shape} with {tensor.data.size} bytes of data")
    if any(tensor.zero_points):
        raise source.refused("weights with a zero point; symmetric weights are read")
    return tensor.shape


def _constants(source: _Source, *, axis: int) -> Constants:
    tensor = source.needed(1)
    channels = tensor.shape[axis]
    weights = tensor.data.view(np.int8).reshape(tensor.shape)
    return Constants(weights, _scales(source, tensor, axis), _bias(source, channels))


def _scales(source: _Source, tensor: FileTensor, axis: int) -> NDArray[np.float32]:
    scales, channels = tensor.scales, tensor.shape[axis]
    if not scales.size or not np.all(np.isfinite(scales) & (scales > 0)):
        raise source.bad("weights without scales, or with a scale that is not above 0")
    if scales.size == 1:
        return np.repeat(scales, channels)
    if scales.size != channels or tensor.axis != axis:
        raise source.bad(f"{scales.size} scales along axis {tensor.axis} for {tensor.shape}")
    return scales


def _bias(source: _Source, channels: int) -> NDArray[np.int32] | None:
    tensor = source.input(2)
    if tensor is None:
        return None
    if tensor.type != "INT32" or tensor.data.size != 4 * channels:
        raise source.bad(f"bias is {tensor.type} with {tensor.data.size} bytes; expected INT32")
    return tensor.data.view("<i4").astype(np.int32)


def _integers(source: _Source, position: int) -> list[int]:
    tensor = source.needed(position)
    if tensor.type != "INT32" or not tensor.data.size or tensor.data.size % 4:
        raise source.bad(f"input {position} is not a constant list of INT32")
    return [int(value) for value in tensor.data.view("<i4")]


def _same_scale(source: _Source) -> None:
    """Check that bytes may pass unchanged from input to output (TFLite requires it)."""
    before, after = source.needed(0), source.output
    same = np.array_equal(before.zero_points, after.zero_points)
    if not same or not np.allclose(before.scales, after.scales, rtol=0, atol=1e-6):
        raise source.bad("input and output differ in scale or zero point")
