"""One operator of a file as its reader sees it: tensors, options, and what to say of faults."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.errors import ConfigError, UnsupportedOpError
from nas.graph.ops import Activation, Op, Padding, Shape
from nas.graph.quantized import Constants
from nas.tflite.flatbuffer import FileOp, FileTensor, ModelFile

__all__ = ["LARGEST_FACTOR", "OpRead", "Source", "graph_shape"]

ACTIVATIONS = {
    0: Activation.NONE,
    1: Activation.RELU,
    2: Activation.RELU_N1_TO_1,
    3: Activation.RELU6,
}
PADDINGS = {0: Padding.SAME, 1: Padding.VALID}
LARGEST_FACTOR = 1 << 16
MOST_INTEGERS = 8
SCALE_TOLERANCE = 1e-6
"""How far scales may differ where bytes pass unchanged (TFLite's own bound)."""


def graph_shape(tensor: FileTensor) -> Shape:
    """Return the shape without the batch; a tensor of one dimension has none."""
    return tensor.shape[1:] if len(tensor.shape) > 1 else tensor.shape


@dataclass(frozen=True, eq=False)
class OpRead:
    """What an operator means: the op, the file's indices of its activations, its constants."""

    op: Op
    inputs: tuple[int, ...]
    output: int
    constants: Constants | None = None


@dataclass(frozen=True)
class Source:
    """One operator of one file, and where to say that something is wrong with it."""

    model: ModelFile
    op: FileOp
    where: str

    def bad(self, message: str) -> ConfigError:
        """Return the error for an operator that contradicts itself."""
        return ConfigError(f"{self.where}: {self.op}: {message}")

    def refused(self, message: str) -> UnsupportedOpError:
        """Return the error for an operator that is right, and not read."""
        return UnsupportedOpError(f"{self.where}: {self.op}{self.layer}: {message}")

    @property
    def layer(self) -> str:
        """Name of the tensor the op writes, which names the layer it came from."""
        names = [self.model.tensors[index].name for index in self.op.outputs[:1]]
        return f" (layer {names[0]})" if names and names[0] else ""

    def options(self, kind: str) -> Any:
        """Return the accessor of the op's options, which must be of `kind`."""
        from importlib import import_module

        if self.op.options_type != kind or self.op.options is None:
            raise self.bad(f"options of kind {self.op.options_type}, expected {kind}")
        accessor = getattr(import_module(f"tflite.{kind}"), kind)()
        accessor.Init(self.op.options.Bytes, self.op.options.Pos)
        return accessor

    def input(self, position: int) -> FileTensor | None:
        """Return the tensor read at `position`, None where it is left out."""
        index = self.op.inputs[position] if position < len(self.op.inputs) else -1
        return None if index < 0 else self.model.tensors[index]

    def needed(self, position: int) -> FileTensor:
        """Return the tensor read at `position`; raises where it is left out."""
        tensor = self.input(position)
        if tensor is None:
            raise self.bad(f"input {position} is missing")
        return tensor

    def image(self) -> FileTensor:
        """Return input 0, which must have height, width and channels."""
        tensor = self.needed(0)
        if len(tensor.shape) != 4:
            raise self.bad(f"input {tensor.shape}; expected (1, height, width, channels)")
        return tensor

    @property
    def output(self) -> FileTensor:
        """Return the tensor written."""
        return self.model.tensors[self.op.outputs[0]]

    def activation(self, options: Any) -> Activation:
        """Return the activation folded into the op."""
        code = options.FusedActivationFunction()
        if code not in ACTIVATIONS:
            raise self.refused(
                f"fused activation {code}; none, RELU, RELU6 and RELU_N1_TO_1 are read"
            )
        return ACTIVATIONS[code]

    def padding(self, options: Any) -> Padding:
        """Return the padding of the op."""
        if options.Padding() not in PADDINGS:
            raise self.bad(f"padding {options.Padding()} is neither SAME (0) nor VALID (1)")
        return PADDINGS[options.Padding()]

    def pair(self, name: str, height: int, width: int) -> tuple[int, int]:
        """Return both sizes, which are checked; `name` says what they are of."""
        if not (1 <= height <= LARGEST_FACTOR and 1 <= width <= LARGEST_FACTOR):
            raise self.bad(f"{name} {height} x {width} is outside 1 to {LARGEST_FACTOR}")
        return height, width

    def result(self, op: Op, constants: Constants | None = None, *, inputs: int = 1) -> OpRead:
        """Return what the operator means, with its first `inputs` tensors as activations."""
        return OpRead(op, self.op.inputs[:inputs], self.op.outputs[0], constants)

    def integers(self, position: int) -> list[int]:
        """Return the short list of constant INT32 at `position`."""
        tensor = self.needed(position)
        if tensor.type != "INT32" or tensor.data.size not in range(4, MOST_INTEGERS * 4 + 1, 4):
            raise self.bad(f"input {position} is not a short constant list of INT32")
        return [int(value) for value in tensor.data.view("<i4")]

    def check_same_scale(self) -> None:
        """Check that bytes may pass unchanged from input to output (TFLite requires it)."""
        before, after = self.needed(0), self.output
        same = np.array_equal(before.zero_points, after.zero_points)
        if not same or not np.allclose(before.scales, after.scales, rtol=0, atol=SCALE_TOLERANCE):
            raise self.bad("input and output differ in scale or zero point")

    def check_probabilities(self) -> None:
        """Check that the output has the scale of TFLite's int8 probabilities."""
        output = self.output
        if (output.scales.tolist(), output.zero_points.tolist()) != ([1.0 / 256.0], [-128]):
            raise self.bad(
                f"the output of an int8 {self.op.name.lower()} has scale 1/256 and zero point -128"
            )
