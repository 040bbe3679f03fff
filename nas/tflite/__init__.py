"""A `.tflite` file read into a Graph with its weights, without TensorFlow."""

from nas.tflite.reader import constant_bytes, read

__all__ = ["constant_bytes", "read"]
