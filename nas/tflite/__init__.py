"""A `.tflite` file read into a Graph with its weights, without TensorFlow."""

from nas.tflite.reader import StoredModel, constant_bytes, read, read_stored

__all__ = ["StoredModel", "constant_bytes", "read", "read_stored"]
