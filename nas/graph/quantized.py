"""A graph with its int8 weights and the scales of its tensors: what a `.tflite` holds.

Real value = scale x (quantized - zero_point). Weights are symmetric (zero point 0), one scale an
output channel; biases are int32 at scale input_scale x weight_scale (TFLite 8-bit specification).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nas.graph.graph import Graph

__all__ = ["Constants", "Quantization", "QuantizedGraph"]


@dataclass(frozen=True)
class Quantization:
    """Scale and zero point of an int8 tensor; zero_point in [-128, 127]."""

    scale: float
    zero_point: int


@dataclass(frozen=True, eq=False)
class Constants:
    """Weights of one node, in TFLite's layout.

    Attributes:
        weights: int8. Conv2D (out, kh, kw, in); DepthwiseConv2D (1, kh, kw, out);
            FullyConnected (out, in).
        scales: float32 (out,): one scale an output channel (equal values if per tensor).
        bias: int32 (out,), or None.
    """

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.int32] | None


@dataclass(frozen=True, eq=False)
class QuantizedGraph:
    """A graph, a Quantization for each tensor (same index) and Constants by node name."""

    graph: Graph
    quantization: tuple[Quantization, ...]
    constants: Mapping[str, Constants]
