"""Which counts belong to which op."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nas.cost.work import (
    convolve_s8,
    depthwise_conv_s8,
    fully_connected_s8,
    moves_s8,
    plain_s8,
    pool_s8,
)
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
    Shape,
    Softmax,
)

__all__ = ["WORK", "Work"]


@dataclass(frozen=True)
class Work:
    """What a kernel's loops are counted by.

    Attributes:
        names: what is counted.
        count: from op, shape of the first input and shape of the output to one number a name.
    """

    names: tuple[str, ...]
    count: Callable[[Any, Shape, Shape], tuple[int, ...]]


def _nothing(op: Reshape, source: Shape, target: Shape) -> tuple[int, ...]:
    return ()


WORK: Mapping[type[Op], Work] = {
    Conv2D: Work(convolve_s8.NAMES, convolve_s8.count),
    DepthwiseConv2D: Work(depthwise_conv_s8.NAMES, depthwise_conv_s8.count),
    FullyConnected: Work(fully_connected_s8.NAMES, fully_connected_s8.count),
    AveragePool2D: Work(pool_s8.NAMES, pool_s8.count),
    MaxPool2D: Work(pool_s8.NAMES, pool_s8.count),
    Mean: Work(plain_s8.MEAN, plain_s8.mean),
    Add: Work(plain_s8.ADD, plain_s8.add),
    Softmax: Work(plain_s8.SOFTMAX, plain_s8.softmax),
    Reshape: Work((), _nothing),
    Pad: Work(moves_s8.PAD, moves_s8.pad),
    Logistic: Work(moves_s8.LOOKUP, moves_s8.lookup),
    Relu: Work(moves_s8.LOOKUP, moves_s8.lookup),
    Requantize: Work(moves_s8.LOOKUP, moves_s8.lookup),
}
"""A Reshape is no work: it shares its input's bytes."""
