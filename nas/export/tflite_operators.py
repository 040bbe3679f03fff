"""How each op is written in a `.tflite`: its code, its version and its table of options."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nas.errors import UnsupportedOpError
from nas.graph.graph import Node
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
    Pads,
    Reshape,
    Softmax,
)

__all__ = ["Written", "written"]

ACTIVATIONS = {
    Activation.NONE: 0,
    Activation.RELU: 1,
    Activation.RELU_N1_TO_1: 2,
    Activation.RELU6: 3,
}
PADDINGS = {Padding.SAME: 0, Padding.VALID: 1}

Options = dict[str, int | float | bool]


@dataclass(frozen=True)
class Written:
    """An op in the file.

    Attributes:
        code: member of the schema's BuiltinOperator.
        version: the first that reads int8, as the converter writes it.
        kind: table of options, or None.
        options: fields of that table, those of 4 bytes last.
    """

    code: str
    version: int
    kind: str | None
    options: Callable[[Any], Options]


def written(node: Node) -> Written:
    """Return how `node` is written.

    Raises:
        UnsupportedOpError: an op without an entry.
    """
    try:
        return WRITTEN[type(node.op)]
    except KeyError:
        known = ", ".join(sorted(op.__name__ for op in WRITTEN))
        raise UnsupportedOpError(
            f"{node.name}: {type(node.op).__name__} cannot be written as .tflite; these: {known}"
        ) from None


def _conv(op: Conv2D) -> Options:
    return {**_window(op), **_stride(op), **_dilation(op)}


def _depthwise(op: DepthwiseConv2D) -> Options:
    return {
        **_window(op),
        **_stride(op),
        "DepthMultiplier": op.multiplier,
        **_dilation(op),
    }


def _pool(op: AveragePool2D | MaxPool2D) -> Options:
    size: Options = {"FilterHeight": op.pool[0], "FilterWidth": op.pool[1]}
    return {**_window(op), **_stride(op), **size}


def _window(op: Conv2D | DepthwiseConv2D | AveragePool2D | MaxPool2D) -> Options:
    if isinstance(op.padding, Pads):
        raise UnsupportedOpError(f"{type(op).__name__}: a folded Pad cannot be written as .tflite")
    activation = ACTIVATIONS[op.activation]
    return {"FusedActivationFunction": activation, "Padding": PADDINGS[op.padding]}


def _stride(op: Conv2D | DepthwiseConv2D | AveragePool2D | MaxPool2D) -> Options:
    return {"StrideH": op.stride[0], "StrideW": op.stride[1]}


def _dilation(op: Conv2D | DepthwiseConv2D) -> Options:
    return {"DilationHFactor": op.dilation[0], "DilationWFactor": op.dilation[1]}


def _activation(op: FullyConnected | Add) -> Options:
    return {"FusedActivationFunction": ACTIVATIONS[op.activation]}


def _mean(op: Mean) -> Options:
    return {"KeepDims": op.keep_dims}


def _softmax(op: Softmax) -> Options:
    return {"Beta": op.beta}


def _none(op: Op) -> Options:
    return {}


WRITTEN: Mapping[type[Op], Written] = {
    Conv2D: Written("CONV_2D", 3, "Conv2DOptions", _conv),
    DepthwiseConv2D: Written("DEPTHWISE_CONV_2D", 3, "DepthwiseConv2DOptions", _depthwise),
    FullyConnected: Written("FULLY_CONNECTED", 4, "FullyConnectedOptions", _activation),
    AveragePool2D: Written("AVERAGE_POOL_2D", 2, "Pool2DOptions", _pool),
    MaxPool2D: Written("MAX_POOL_2D", 2, "Pool2DOptions", _pool),
    Mean: Written("MEAN", 2, "ReducerOptions", _mean),
    Add: Written("ADD", 2, "AddOptions", _activation),
    Reshape: Written("RESHAPE", 1, None, _none),
    Softmax: Written("SOFTMAX", 2, "SoftmaxOptions", _softmax),
}
