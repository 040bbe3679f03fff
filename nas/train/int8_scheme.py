"""What is quantized in a layer, as tfmot's QuantizeConfig classes.

The classes stand inside functions because their bases are imported only when a model is quantized.
"""

from functools import cache
from math import prod
from typing import Any

from nas.train._keras import keras, tf, tfmot

__all__ = ["scheme"]


@cache
def scheme() -> dict[str, Any]:
    """Return the classes by name, as ``tfmot.quantization.keras.quantize_scope`` takes them.

    KernelConfig(attribute, channel_axes) quantizes the kernel and the layer's output, with its
    activation; PassingConfig() quantizes nothing: the output has the scale of the input, as
    TFLite demands of pooling.
    """
    passing = _passing_class()
    kernel = _kernel_class(passing, _quantizer_class())
    return {"KernelConfig": kernel, "PassingConfig": passing}


def _quantizer_class() -> Any:
    base = tfmot().quantization.keras.quantizers.LastValueQuantizer

    class ChannelQuantizer(base):  # type: ignore[misc, valid-type]
        """Symmetric int8 in [-127, 127], one scale an output channel.

        The last `channel_axes` axes of the kernel count the output channels together: 1 for a
        convolution, 2 for a depthwise one (input channels and multiplier).
        """

        def __init__(self, channel_axes: int) -> None:
            super().__init__(num_bits=8, per_axis=True, symmetric=True, narrow_range=True)
            self.channel_axes = channel_axes

        def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
            self.shape = tuple(tensor_shape)
            channels = prod(self.shape[-self.channel_axes :])
            return {
                f"{end}_var": layer.add_weight(
                    f"{name}_{end}",
                    shape=(channels,),
                    initializer=keras.initializers.Constant(value),
                    trainable=False,
                )
                for end, value in (("min", -6.0), ("max", 6.0))
            }

        def __call__(self, inputs: Any, training: Any, weights: Any, **kwargs: Any) -> Any:
            if self.channel_axes == 1:
                return super().__call__(inputs, training, weights, **kwargs)
            flat = tf.reshape(inputs, (*self.shape[:2], 1, -1))
            flat = super().__call__(flat, training, weights, **kwargs)
            return tf.reshape(flat, self.shape)

    return ChannelQuantizer


def _passing_class() -> Any:
    class PassingConfig(tfmot().quantization.keras.QuantizeConfig):  # type: ignore[misc]
        """Quantizes nothing."""

        def get_weights_and_quantizers(self, layer: Any) -> list[Any]:
            return []

        def get_activations_and_quantizers(self, layer: Any) -> list[Any]:
            return []

        def set_quantize_weights(self, layer: Any, quantize_weights: list[Any]) -> None:
            pass

        def set_quantize_activations(self, layer: Any, quantize_activations: list[Any]) -> None:
            pass

        def get_output_quantizers(self, layer: Any) -> list[Any]:
            return []

        def get_config(self) -> dict[str, Any]:
            return {}

    return PassingConfig


def _kernel_class(base: Any, per_channel: Any) -> Any:
    quantizers = tfmot().quantization.keras.quantizers

    class KernelConfig(base):  # type: ignore[misc]
        """Quantizes the kernel called `attribute`, and the output.

        channel_axes: axes that count output channels; 0 for one scale for the whole kernel.
        """

        def __init__(self, *, attribute: str, channel_axes: int) -> None:
            self.attribute, self.channel_axes = attribute, channel_axes

        def get_weights_and_quantizers(self, layer: Any) -> list[Any]:
            if self.channel_axes:
                quantizer = per_channel(self.channel_axes)
            else:
                quantizer = quantizers.LastValueQuantizer(
                    num_bits=8, per_axis=False, symmetric=True, narrow_range=True
                )
            return [(getattr(layer, self.attribute), quantizer)]

        def set_quantize_weights(self, layer: Any, quantize_weights: list[Any]) -> None:
            setattr(layer, self.attribute, quantize_weights[0])

        def get_output_quantizers(self, layer: Any) -> list[Any]:
            return [
                quantizers.MovingAverageQuantizer(
                    num_bits=8, per_axis=False, symmetric=False, narrow_range=False
                )
            ]

        def get_config(self) -> dict[str, Any]:
            return {"attribute": self.attribute, "channel_axes": self.channel_axes}

    return KernelConfig
