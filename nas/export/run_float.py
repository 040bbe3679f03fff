"""The float model as converted, for the accuracy beside int8's. TensorFlow is not needed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["predict_float"]


def predict_float(model: Path, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the outputs [shape=(n, n_classes)] of a float `.tflite` of batch 1.

    Args:
        model: the file.
        features: real values [shape=(n, ...)] with the elements of the model's input.
    """
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(model), num_threads=1)
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    rows = []
    for clip in features:
        interpreter.set_tensor(source["index"], clip.reshape(source["shape"]))
        interpreter.invoke()
        rows.append(interpreter.get_tensor(target["index"])[0].copy())
    return np.stack(rows)
