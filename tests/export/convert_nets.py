"""Writes small int8 networks of each family's shape: ``convert_nets.py FOLDER``.

Run as its own process: TensorFlow's import is slow and warns.
"""

import sys
from pathlib import Path

import numpy as np


def nets(keras):
    """Yield name and model: convolution in time, depthwise-separable, separable with pooling."""
    layers = keras.layers

    def block(x, layer):
        x = layers.BatchNormalization()(layer(x))
        return layers.ReLU()(x)

    def conv(filters, kernel, strides=1):
        return layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)

    source = keras.Input((49, 1, 40), batch_size=1)
    x = block(source, conv(24, (5, 1), (2, 1)))
    x = layers.Add()([x, block(x, conv(24, (3, 1)))])
    x = layers.MaxPooling2D((2, 1))(x)
    yield "conv1d", source, layers.Flatten()(x)

    source = keras.Input((49, 40, 1), batch_size=1)
    x = block(source, conv(17, (10, 4), 2))
    for _ in range(2):
        x = block(x, layers.DepthwiseConv2D(3, padding="same", use_bias=False))
        x = block(x, conv(17, 1))
    yield "ds_cnn", source, layers.GlobalAveragePooling2D()(x)

    source = keras.Input((49, 40, 1), batch_size=1)
    x = source
    for filters in (8, 13):
        x = block(x, layers.SeparableConv2D(filters, 3, padding="same", use_bias=False))
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(11, activation="relu")(layers.Flatten()(x))
    yield "separable_conv2d", source, x


def convert(tf, model, rng):
    """Return the int8 `.tflite` of `model`, calibrated on features of scale 1/32."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    shape = model.input_shape

    def calibration():
        for _ in range(20):
            noise = rng.normal(rng.uniform(-90, 90), rng.uniform(5, 60), shape)
            yield [np.clip(noise, -128, 127).astype(np.float32) / 32]

    converter.representative_dataset = calibration
    return converter.convert()


def main(folder):
    import tensorflow as tf
    import tf_keras as keras

    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    for name, source, features in nets(keras):
        logits = keras.layers.Dense(10)(features)
        model = keras.Model(source, keras.layers.Softmax()(logits))
        kernel, bias = model.layers[-2].get_weights()
        model.layers[-2].set_weights([10 * kernel, rng.normal(size=bias.shape)])
        (folder / f"{name}.tflite").write_bytes(convert(tf, model, rng))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
