"""A quantization-aware model as an int8 `.tflite`, batch 1, with its softmax."""

import contextlib
import io
import warnings
from typing import Any

from nas.errors import BuildError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tensorflow as tf
    from tensorflow.lite.python.convert import ConverterError

__all__ = ["to_tflite", "to_tflite_float"]


def to_tflite(model: Any) -> bytes:
    """Convert a model with fake quantization; the same weights give the same bytes.

    Args:
        model: from real values (batch, *input shape) to logits (batch, n_classes).

    Returns:
        Flatbuffer with int8 input and output; the output is a softmax at (1/256, -128).

    Raises:
        BuildError: the converter refused the model.
    """
    return _convert(_converter(model))


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
