"""Batch norm folded into the weights of the convolution before it, as a device computes it.

Quantization-aware training starts from the folded network: it then learns on the very weights that
are rounded, and batch statistics cannot drift while it does.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.graph.graph import Graph
from nas.train._keras import keras
from nas.train.build import keras_model

__all__ = ["folded"]

Array = NDArray[np.float32]


def folded(model: Any, graph: Graph) -> Any:
    """Return a model without batch norm that computes what `model` computes at inference.

    Args:
        model: from ``keras_model(graph)``, trained.
        graph: the one it was built from.
    """
    result = keras_model(graph, folded=True)
    norms = {layer.name: layer for layer in model.layers}
    for layer in result.layers:
        if not layer.weights:
            continue
        source = norms[layer.name]
        if norm := norms.get(f"{layer.name}_norm"):
            layer.set_weights(_folded(source, norm))
        else:
            layer.set_weights(source.get_weights())
    return result


def _folded(convolution: Any, norm: Any) -> list[Array]:
    """Return kernel and bias: ``gamma (k x - mean) / sqrt(var + eps) + beta`` as one product."""
    (kernel,) = convolution.get_weights()
    gamma, beta, mean, variance = norm.get_weights()
    factor = gamma / np.sqrt(variance + norm.epsilon)
    depthwise = isinstance(convolution, keras.layers.DepthwiseConv2D)
    scaled = kernel * (factor.reshape(kernel.shape[2:]) if depthwise else factor)
    return [scaled, beta - mean * factor]
