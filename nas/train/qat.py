"""A trained network with tfmot's fake quantization wherever int8 inference rounds.

tfmot's own 8-bit scheme is adapted in four places, each read in its source (0.8.1):

* its depthwise kernels share one scale over all channels (its quantizer is as long as the kernel's
  last axis, the multiplier), while TFLite has one a channel;
* it skips the kernel of a convolution that is followed by a ReLU without batch norm between;
* its activation ranges start at (-6, 6) and move by a thousandth a step: a short training would
  keep the start, so here they are measured first;
* it learns a range for the input, which here is the front end's and fixed.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.graph.graph import Graph
from nas.train._keras import keras, tf, tfmot
from nas.train.fold import folded
from nas.train.int8_scheme import scheme

__all__ = ["quantized", "refresh_kernel_ranges"]

RANGE_BATCH = 64


def quantized(
    model: Any, graph: Graph, calibration: NDArray[np.int8], *, scale: float = 1.0 / 32.0
) -> Any:
    """Return the trained `model` of `graph`, folded, with fake quantization on measured ranges.

    Args:
        model: from ``keras_model(graph)``, trained; it is left as it is.
        graph: the one it was built from.
        calibration: training features [shape=(n, *input shape)]; a few hundred are enough.
        scale: real value of one step of the features, whose zero point is 0.

    Returns:
        tf_keras.Model from real values to logits; its input range is exactly that of int8 x scale.
    """
    base = folded(model, graph)
    library = tfmot().quantization.keras
    annotated = keras.models.clone_model(base, clone_function=_annotated)
    annotated.set_weights(base.get_weights())
    with library.quantize_scope(scheme()):
        result = library.quantize_apply(annotated)
    _pin_input(result, scale)
    refresh_kernel_ranges(result)
    _set_ranges(base, result, calibration.astype(np.float32) * np.float32(scale))
    return result


def refresh_kernel_ranges(model: Any) -> None:
    """Set the range of every kernel to what its weights span now.

    tfmot sets it in a training step, before that step changes them; until then it is -6 to 6.
    """
    for layer in model.layers:
        for kernel, quantizer, variables in getattr(layer, "_weight_vars", []):
            quantizer(kernel, True, weights=variables)


def _annotated(layer: Any) -> Any:
    clone = layer.__class__.from_config(layer.get_config())
    return tfmot().quantization.keras.quantize_annotate_layer(clone, _config(layer))


def _config(layer: Any) -> Any:
    layers, classes = keras.layers, scheme()
    if isinstance(layer, layers.DepthwiseConv2D):
        return classes["KernelConfig"](attribute="depthwise_kernel", channel_axes=2)
    if isinstance(layer, layers.Conv2D):
        return classes["KernelConfig"](attribute="kernel", channel_axes=1)
    if isinstance(layer, layers.Dense):
        return classes["KernelConfig"](attribute="kernel", channel_axes=0)
    if isinstance(layer, layers.AveragePooling2D | layers.MaxPooling2D):
        return classes["PassingConfig"]()
    return None


def _pin_input(model: Any, scale: float) -> None:
    (layer,) = (one for one in model.layers if type(one).__name__ == "QuantizeLayer")
    layer.quantizer_vars["min_var"].assign(-128.0 * scale)
    layer.quantizer_vars["max_var"].assign(127.0 * scale)


def _set_ranges(base: Any, model: Any, values: NDArray[np.float32]) -> None:
    """Set each output range to the mean over batches of the smallest and largest value."""
    wrappers = {
        layer.layer.name: layer._output_quantizer_vars
        for layer in model.layers
        if getattr(layer, "_output_quantizers", None)
    }
    outputs = [base.get_layer(name).output for name in wrappers]
    probe = tf.function(keras.Model(base.inputs, outputs), autograph=False)
    lows, highs = [], []
    for start in range(0, max(1, len(values) - RANGE_BATCH + 1), RANGE_BATCH):
        tensors = probe(values[start : start + RANGE_BATCH])
        lows.append([min(0.0, float(tf.reduce_min(tensor))) for tensor in tensors])
        highs.append([max(1e-6, float(tf.reduce_max(tensor))) for tensor in tensors])
    means = zip(np.mean(lows, axis=0), np.mean(highs, axis=0), strict=True)
    for variables, (low, high) in zip(wrappers.values(), means, strict=True):
        variables["min_var"].assign(low)
        variables["max_var"].assign(high)
