"""A Graph as a tf_keras model: same ops, same names, batch norm after each convolution.

The model takes real values (int8 features x scale) and returns logits: a last Softmax is left out,
because the loss wants logits and the export adds it again.
"""

from typing import Any

from nas.errors import UnsupportedOpError
from nas.graph.graph import Graph, Node
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
    Pads,
    Reshape,
    Softmax,
)
from nas.train._keras import keras, tf

__all__ = ["BATCH_NORM_MOMENTUM", "keras_model"]

BATCH_NORM_MOMENTUM = 0.9


def keras_model(graph: Graph, *, dropout: float = 0.0, folded: bool = False) -> Any:
    """Return the functional tf_keras model of `graph`, untrained.

    Args:
        graph: ends with a FullyConnected, then at most a Softmax.
        dropout: rate before the last FullyConnected, in [0, 1); not part of the graph.
        folded: build convolutions with a bias and their activation, instead of batch norm.

    Returns:
        tf_keras.Model from (batch, *input shape) real values to (batch, n_classes) logits.
    """
    nodes = [node for node in graph.nodes if not isinstance(node.op, Softmax)]
    inputs = keras.Input(graph.tensors[graph.input].shape, name="input")
    values = {graph.input: inputs}
    for node in nodes:
        tensors = [values[index] for index in node.inputs]
        if node is nodes[-1] and dropout > 0.0:
            tensors = [keras.layers.Dropout(dropout, name="dropout")(tensors[0])]
        values[node.output] = _apply(node, tensors, folded=folded)
    return keras.Model(inputs, values[nodes[-1].output], name="network")


def _apply(node: Node, tensors: list[Any], *, folded: bool) -> Any:
    name, op = node.name, node.op
    match op:
        case Conv2D() | DepthwiseConv2D():
            return _convolved(name, op, tensors[0], folded=folded)
        case FullyConnected():
            return keras.layers.Dense(op.units, activation=_function(op.activation), name=name)(
                tensors[0]
            )
        case Add():
            return _activated(name, op.activation, keras.layers.Add(name=name)(tensors))
    return _plain(name, op)(tensors[0])


def _convolved(name: str, op: Conv2D | DepthwiseConv2D, tensor: Any, *, folded: bool) -> Any:
    build = _conv if isinstance(op, Conv2D) else _depthwise
    if folded:
        return build(name, op, use_bias=True, activation=_function(op.activation))(tensor)
    tensor = build(name, op, use_bias=False)(tensor)
    norm = keras.layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_norm")
    return _activated(name, op.activation, norm(tensor))


def _conv(name: str, op: Any, **options: Any) -> Any:
    return keras.layers.Conv2D(op.filters, op.kernel, name=name, **_window(op), **options)


def _depthwise(name: str, op: Any, **options: Any) -> Any:
    return keras.layers.DepthwiseConv2D(
        op.kernel, depth_multiplier=op.multiplier, name=name, **_window(op), **options
    )


def _window(op: Conv2D | DepthwiseConv2D) -> dict[str, Any]:
    if isinstance(op.padding, Pads):
        raise UnsupportedOpError(f"{type(op).__name__}: explicit padding is not trained; use SAME")
    return {"strides": op.stride, "dilation_rate": op.dilation, "padding": op.padding.value}


def _function(activation: Activation) -> Any:
    """Return what Keras takes as `activation` of a layer."""
    return {
        Activation.NONE: None,
        Activation.RELU: tf.nn.relu,
        Activation.RELU6: tf.nn.relu6,
        Activation.RELU_N1_TO_1: lambda x: tf.clip_by_value(x, -1.0, 1.0),
    }[activation]


def _activated(name: str, activation: Activation, tensor: Any) -> Any:
    if activation is Activation.NONE:
        return tensor
    limit = 6.0 if activation is Activation.RELU6 else None
    return keras.layers.ReLU(max_value=limit, name=f"{name}_{activation.value}")(tensor)


def _plain(name: str, op: Op) -> Any:
    """Return the layer of an op without weights."""
    match op:
        case AveragePool2D(pool=pool, stride=stride, padding=padding):
            return keras.layers.AveragePooling2D(pool, stride, padding.value, name=name)
        case MaxPool2D(pool=pool, stride=stride, padding=padding):
            return keras.layers.MaxPooling2D(pool, stride, padding.value, name=name)
        case Mean():
            return keras.layers.GlobalAveragePooling2D(name=name)
        case Reshape(shape=shape) if len(shape) == 1:
            return keras.layers.Flatten(name=name)
        case Reshape(shape=shape):
            return keras.layers.Reshape(shape, name=name)
    raise UnsupportedOpError(f"{name}: no Keras layer for {type(op).__name__}")
