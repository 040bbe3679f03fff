"""A quantization-aware or calibrated model as an int8 `.tflite`, batch 1, with its softmax."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import BuildError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tensorflow as tf
    from tensorflow.lite.python.convert import ConverterError

__all__ = ["to_tflite", "to_tflite_float", "to_tflite_ptq"]


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


def to_tflite_ptq(
    model: Any, calibration: NDArray[np.int8], *, scale: float = 1.0 / 32.0
) -> bytes:
    """Convert a float model, with ranges measured on `calibration`.

    The input alone has fake quantization, so that its range is the front end's and no other.

    Args:
        model: from real values (batch, *input shape) to logits (batch, n_classes).
        calibration: training features [shape=(n, *input shape)]; 100 to 500 are usual.
        scale: real value of one step of the features, whose zero point is 0.
    """
    converter = _converter(model, low=-128.0 * scale, high=127.0 * scale)

    def clips() -> Iterator[list[NDArray[np.float32]]]:
        for clip in calibration:
            yield [clip[np.newaxis].astype(np.float32) * np.float32(scale)]

    converter.representative_dataset = clips
    return _convert(converter)


def to_tflite_float(model: Any) -> bytes:
    """Convert a float model as it is, with its softmax: for the accuracy beside int8's."""
    converter = _converter(model)
    converter.optimizations = []
    converter.inference_input_type = converter.inference_output_type = tf.float32
    return _convert(converter)


def _converter(model: Any, *, low: float = 0.0, high: float = 0.0) -> Any:
    """Return a converter of the function with batch 1: no op has to compute a shape.

    Args:
        model: from real values to logits.
        low: real value of -128 at the input; 0 where the model itself pins the input.
        high: real value of 127 at the input.
    """

    def infer(features: Any) -> Any:
        if low < high:
            features = tf.quantization.fake_quant_with_min_max_args(features, low, high)
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
