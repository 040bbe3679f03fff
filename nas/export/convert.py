"""A quantization-aware model as an int8 `.tflite`, batch 1, with its softmax.

The converter's file is read back and written anew (`tflite_file`): 3 to 37 % shorter,
with the graph's names, and of a length that was known before training.
"""

import contextlib
import io
import warnings
from dataclasses import replace
from typing import Any

import nas.tflite
from nas.errors import BuildError
from nas.export.tflite_file import tflite_file
from nas.graph.graph import Graph
from nas.graph.quantized import QuantizedGraph

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tensorflow as tf
    from tensorflow.lite.python.convert import ConverterError

__all__ = ["to_tflite", "to_tflite_float"]


def to_tflite(model: Any, graph: Graph | None = None) -> bytes:
    """Convert a model with fake quantization; the same weights give the same bytes.

    Args:
        model: from real values (batch, *input shape) to logits (batch, n_classes).
        graph: the one it was built from; its names are in the file. None: names as
            `nas.tflite.read` gives them.

    Returns:
        Flatbuffer with int8 input and output; the output is a softmax at (1/256, -128). It is
        ``nas.cost.tflm.model_bytes(graph)`` long.

    Raises:
        BuildError: the converter refused the model, or made another network than `graph`.
        UnsupportedOpError: the converter made an op that is not read.
    """
    network = nas.tflite.read(_convert(_converter(model)))
    return tflite_file(network if graph is None else _named(network, graph))


def _named(network: QuantizedGraph, graph: Graph) -> QuantizedGraph:
    """Return `network` with the names of `graph`, which it must equal but for them."""
    made, wanted = (
        [(node.op, node.inputs, node.output) for node in one.nodes]
        for one in (network.graph, graph)
    )
    if made != wanted:
        raise BuildError(
            f"TFLite conversion: {len(made)} nodes that are not the graph's {len(wanted)}; please "
            "report the candidate"
        )
    names = dict(zip((n.name for n in network.graph.nodes), graph.nodes, strict=True))
    constants = {names[name].name: value for name, value in network.constants.items()}
    return replace(network, graph=graph, constants=constants)


def to_tflite_float(model: Any) -> bytes:
    """Convert a float model as it is, with its softmax: for the accuracy beside int8's."""
    converter = _converter(model)
    converter.optimizations = []
    converter.inference_input_type = converter.inference_output_type = tf.float32
    return _convert(converter)


def _converter(model: Any) -> Any:
    """Return a converter of the function with batch 1: no op has to compute a shape."""

    def infer(features: Any) -> Any:
        return tf.nn.softmax(model(features, training=False))

    spec = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="input")
    function = tf.function(infer, input_signature=[spec], autograph=False)
    concrete = function.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter


def _convert(converter: Any) -> bytes:
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return bytes(converter.convert())
    except (ConverterError, RuntimeError, ValueError) as error:
        raise BuildError(f"TFLite conversion failed: {error}") from error
