"""The int8 model on TensorFlow Lite's reference kernels: what the exported C is held against.

The default resolver rounds differently on some networks; BUILTIN_REF agreed in every byte with
TensorFlow Lite Micro, so it is the one used.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import BuildError
from nas.graph.quantized import Quantization

__all__ = ["Int8Model", "open_interpreter"]


class Int8Model:
    """A `.tflite` with one int8 input and one int8 output of a batch of one.

    Args:
        model: path or bytes of the file.

    Raises:
        BuildError: the runtime refuses the file, or input or output is not int8.
    """

    def __init__(self, model: bytes | Path) -> None:
        content = model if isinstance(model, bytes) else model.read_bytes()
        self._interpreter = open_interpreter(content)
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()
        for detail in (self._input, self._output):
            if detail["dtype"] is not np.int8:
                raise BuildError(f"{detail['name']}: {detail['dtype']}, but int8 is needed")

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the input without the batch."""
        return tuple(int(size) for size in self._input["shape"][1:])

    @property
    def input_quantization(self) -> Quantization:
        """Scale and zero point of the input."""
        return _quantization(self._input)

    @property
    def output_quantization(self) -> Quantization:
        """Scale and zero point of the output."""
        return _quantization(self._output)

    def predict(self, features: NDArray[np.int8]) -> NDArray[np.int8]:
        """Return the int8 outputs [shape=(n, n_classes)] of `features` [shape=(n, ...)].

        Each of the n inputs may have any shape of the right number of elements.
        """
        return np.stack([self._one(clip) for clip in features])

    def probabilities(self, features: NDArray[np.int8]) -> NDArray[np.float64]:
        """Return the outputs of `features` as real numbers [shape=(n, n_classes)]."""
        quantization = self.output_quantization
        outputs = self.predict(features).astype(np.float64)
        return (outputs - quantization.zero_point) * quantization.scale

    def _one(self, clip: NDArray[np.int8]) -> NDArray[np.int8]:
        self._interpreter.set_tensor(self._input["index"], clip.reshape(self._input["shape"]))
        self._interpreter.invoke()
        output: NDArray[np.int8] = self._interpreter.get_tensor(self._output["index"])
        return output.reshape(-1).copy()


def open_interpreter(content: bytes) -> Any:
    """Return LiteRT's interpreter of a file, its reference kernels, ready to run.

    Raises:
        BuildError: it refuses the file.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        interpreter = Interpreter(
            model_content=content,
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            num_threads=1,
        )
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BuildError(f"model.tflite: the LiteRT interpreter refuses it: {reason}") from None
    return interpreter


def _quantization(detail: dict[str, Any]) -> Quantization:
    scale, zero_point = detail["quantization"]
    return Quantization(float(scale), int(zero_point))
