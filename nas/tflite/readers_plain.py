"""Readers of the operators without weights."""

from collections.abc import Callable, Mapping

from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Dequantize,
    Logistic,
    MaxPool2D,
    Mean,
    Pad,
    Quantize,
    Relu,
    Requantize,
    Reshape,
    Softmax,
)
from nas.tflite.source import OpRead, Source, graph_shape

__all__ = ["PLAIN", "Reader"]

Reader = Callable[[Source], OpRead]


def _pool(kind: type[AveragePool2D] | type[MaxPool2D]) -> Reader:
    def reader(source: Source) -> OpRead:
        options = source.options("Pool2DOptions")
        source.image()
        source.check_same_scale()
        op = kind(
            pool=source.pair("window", options.FilterHeight(), options.FilterWidth()),
            stride=source.pair("stride", options.StrideH(), options.StrideW()),
            padding=source.padding(options),
            activation=source.activation(options),
        )
        return source.result(op)

    return reader


def _mean(source: Source) -> OpRead:
    options = source.options("ReducerOptions")
    rank = len(source.needed(0).shape)
    axes = sorted({axis % rank if -rank <= axis < rank else -1 for axis in source.integers(1)})
    if not axes or axes[0] < 1 or axes[-1] >= rank - 1:
        raise source.refused(
            f"mean over axes {axes} of {source.needed(0).shape}; any but the batch (0) and the "
            "channels (last) are read"
        )
    return source.result(Mean(tuple(axis - 1 for axis in axes), bool(options.KeepDims())))


def _add(source: Source) -> OpRead:
    options = source.options("AddOptions")
    first, second = source.needed(0), source.needed(1)
    if first.data.size or second.data.size:
        raise source.refused("adding a constant is not read; fold it into the bias before it")
    if first.shape != second.shape:
        raise source.refused(f"shapes {first.shape} and {second.shape} differ; no broadcasting")
    return source.result(Add(source.activation(options)), inputs=2)


def _reshape(source: Source) -> OpRead:
    source.check_same_scale()
    return source.result(Reshape(graph_shape(source.output)))


def _softmax(source: Source) -> OpRead:
    beta = float(source.options("SoftmaxOptions").Beta())
    source.check_probabilities()
    if not 0.0 < beta < 1e6:
        raise source.bad(f"beta {beta} is not a positive number")
    return source.result(Softmax(beta))


def _logistic(source: Source) -> OpRead:
    source.check_probabilities()
    return source.result(Logistic())


def _pad(source: Source) -> OpRead:
    source.check_same_scale()
    values, rank = source.integers(1), len(source.needed(0).shape)
    if len(values) != 2 * rank or min(values) < 0:
        raise source.bad(f"paddings {values} do not suit {source.needed(0).shape}")
    if values[0] or values[1]:
        raise source.refused("padding of the batch is not read")
    return source.result(Pad(tuple(values[2::2]), tuple(values[3::2])))


def _relu(activation: Activation) -> Reader:
    def reader(source: Source) -> OpRead:
        return source.result(Relu(activation))

    return reader


def _quantize(source: Source) -> OpRead:
    kind = source.needed(0).type
    if kind not in ("FLOAT32", "INT8"):
        raise source.refused(f"from {kind}; FLOAT32 at the input and INT8 are read")
    return source.result(Quantize() if kind == "FLOAT32" else Requantize())


def _dequantize(source: Source) -> OpRead:
    return source.result(Dequantize())


PLAIN: Mapping[str, Reader] = {
    "AVERAGE_POOL_2D": _pool(AveragePool2D),
    "MAX_POOL_2D": _pool(MaxPool2D),
    "MEAN": _mean,
    "ADD": _add,
    "RESHAPE": _reshape,
    "SQUEEZE": _reshape,
    "EXPAND_DIMS": _reshape,
    "SOFTMAX": _softmax,
    "LOGISTIC": _logistic,
    "PAD": _pad,
    "RELU": _relu(Activation.RELU),
    "RELU6": _relu(Activation.RELU6),
    "RELU_N1_TO_1": _relu(Activation.RELU_N1_TO_1),
    "QUANTIZE": _quantize,
    "DEQUANTIZE": _dequantize,
}
"""SQUEEZE, EXPAND_DIMS and what Keras calls Flatten move no byte: each is a Reshape."""
