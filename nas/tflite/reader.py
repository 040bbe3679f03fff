"""A `.tflite` file as a QuantizedGraph: tensors without the batch, weights by node name."""

import math
from dataclasses import dataclass
from pathlib import Path

from nas.errors import ConfigError
from nas.graph.graph import FLOAT_BYTES, GraphBuilder
from nas.graph.ops import Dequantize, Quantize
from nas.graph.quantized import Constants, Quantization, QuantizedGraph
from nas.tflite.flatbuffer import (
    LARGEST_FILE_BYTES,
    FileTensor,
    ModelFile,
    damaged_as_config_error,
    open_model,
)
from nas.tflite.readers import OpRead, read_op
from nas.tflite.shapes import computes_a_shape, shape_ops
from nas.tflite.source import LARGEST_FACTOR, graph_shape

__all__ = ["StoredModel", "constant_bytes", "read", "read_stored"]

ITEM_BYTES = {"INT8": 1, "FLOAT32": FLOAT_BYTES}
LARGEST_TENSOR_BYTES = 1 << 26
"""An activation above it is no microcontroller's, and most likely a damaged shape."""


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A network as a file holds it.

    Attributes:
        network: graph, weights, scales.
        model_bytes: length of the file.
        constant_bytes: of the constant buffers that ops read, each buffer once.
        shape_ops: names of operators that only compute shapes, which our C does without.
    """

    network: QuantizedGraph
    model_bytes: int
    constant_bytes: int
    shape_ops: tuple[str, ...] = ()


def read(source: Path | bytes) -> QuantizedGraph:
    """Return the network of an int8 `.tflite` file, or of its bytes.

    Nodes are named ``{op}_{index}`` in the file's order, as ``conv2d_0``.

    Raises:
        ConfigError: not a `.tflite` file, damaged, several subgraphs, not int8, batch not 1.
        UnsupportedOpError: an operator that has no reader; names it, its index and its layer.
    """
    return read_stored(source).network


def read_stored(source: Path | bytes) -> StoredModel:
    """Return the network with what its file takes; raises what `read` raises."""
    data, where = _data(source)
    model = open_model(data, where)
    with damaged_as_config_error(where):
        network = _Reading(model, where).graph()
        return StoredModel(network, len(data), _constant_bytes(model), shape_ops(model))


def constant_bytes(source: Path | bytes) -> int:
    """Return the bytes of the constant buffers that ops read, each buffer once."""
    return _constant_bytes(open_model(*_data(source)))


def _constant_bytes(model: ModelFile) -> int:
    used = {index for op in model.ops for index in op.inputs if index >= 0}
    buffers = {model.tensors[i].buffer: model.tensors[i].data.size for i in used}
    return sum(buffers.values())


def _data(source: Path | bytes) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, "model"
    try:
        if source.exists() and not source.is_file():
            raise ConfigError(f"{source}: not a file; give a .tflite file")
        size = source.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise ConfigError(
                f"{source}: {size:,} bytes; models up to {LARGEST_FILE_BYTES:,} bytes are read, "
                "more than any microcontroller's flash"
            )
        return source.read_bytes(), str(source)
    except OSError as error:
        raise ConfigError(f"{source}: cannot be read: {error.strerror}") from None


class _Reading:
    """One pass over the operators of a file."""

    def __init__(self, model: ModelFile, where: str) -> None:
        self.model, self.where = model, where
        self.entry, self.exit = self._ends()
        tensor = self._activation(self.entry)
        self.builder = GraphBuilder(graph_shape(tensor), ITEM_BYTES[tensor.type])
        self.index = {self.entry: self.builder.input}
        self.quantization = [self._quantization(self.entry)]
        self.constants: dict[str, Constants] = {}

    def graph(self) -> QuantizedGraph:
        for op in self.model.ops:
            if not computes_a_shape(self.model, op):
                self._node(read_op(self.model, op, self.where), str(op))
        if self.index.get(self.exit, self.builder.input) == self.builder.input:
            raise ConfigError(f"{self.where}: no op writes the output, tensor {self.exit}")
        graph = self.builder.build(self.index[self.exit])
        return QuantizedGraph(graph, tuple(self.quantization), self.constants)

    def _ends(self) -> tuple[int, int]:
        entries, exits = self.model.inputs, self.model.outputs
        if len(entries) != 1 or len(exits) != 1:
            raise ConfigError(
                f"{self.where}: {len(entries)} inputs and {len(exits)} outputs; one each is read: "
                "convert a model of one input and one output, several heads one by one"
            )
        return entries[0], exits[0]

    def _node(self, read: OpRead, label: str) -> None:
        for tensor in read.inputs:
            if tensor not in self.index:
                raise ConfigError(f"{self.where}: {label}: reads tensor {tensor} before a write")
            floats = self.model.tensors[tensor].type == "FLOAT32" and tensor == self.entry
            if floats != isinstance(read.op, Quantize):
                raise self._wrong_type(tensor)
        if read.output in self.index:
            raise ConfigError(f"{self.where}: {label}: writes tensor {read.output} again")
        name = f"{type(read.op).__name__.lower()}_{len(self.index) - 1}"
        made = self._activation(read.output)
        if (made.type == "FLOAT32") != isinstance(read.op, Dequantize):
            raise self._wrong_type(read.output)
        shape = graph_shape(made)
        inputs = [self.index[tensor] for tensor in read.inputs]
        try:
            written = self.builder.add(read.op, *inputs, name=name)
        except ValueError as error:
            raise ConfigError(f"{self.where}: {label}: {error}") from None
        if self.builder.shape(written) != shape:
            raise ConfigError(
                f"{self.where}: {label}: the file says {shape}, the op gives "
                f"{self.builder.shape(written)}"
            )
        self.index[read.output] = written
        self.quantization.append(self._quantization(read.output))
        if read.constants is not None:
            self.constants[name] = read.constants

    def _activation(self, index: int) -> FileTensor:
        tensor = self.model.tensors[index]
        where = f"{self.where}: tensor {index} {tensor.name}"
        if tensor.type != "INT8" and not (tensor.type == "FLOAT32" and index in self._float_ends):
            raise self._wrong_type(index)
        shape = tensor.shape
        if len(shape) not in (1, 2, 3, 4) or (len(shape) > 1 and shape[0] != 1) or min(shape) < 1:
            raise ConfigError(
                f"{where}: shape {shape}; (1, n), (1, t, c) and (1, h, w, c) are read, batch 1"
            )
        largest = max(shape[1:-1], default=1)
        if largest > LARGEST_FACTOR or math.prod(tensor.shape) > LARGEST_TENSOR_BYTES:
            raise ConfigError(
                f"{where}: shape {tensor.shape}; up to {LARGEST_FACTOR:,} rows and columns and "
                f"{LARGEST_TENSOR_BYTES:,} bytes are read: the file is damaged, or no "
                "microcontroller's"
            )
        return tensor

    @property
    def _float_ends(self) -> tuple[int, ...]:
        """The tensors that may be float32: an input that is quantized, a dequantized output."""
        reads = [op.name for op in self.model.ops if self.entry in op.inputs]
        writes = [op.name for op in self.model.ops if self.exit in op.outputs]
        return (
            *([self.entry] if reads == ["QUANTIZE"] else []),
            *([self.exit] if writes == ["DEQUANTIZE"] else []),
        )

    def _wrong_type(self, index: int) -> ConfigError:
        tensor = self.model.tensors[index]
        return ConfigError(
            f"{self.where}: tensor {index} {tensor.name}: is {tensor.type}; convert the model to "
            "full int8: quantize it with a representative data set (TFLITE_BUILTINS_INT8)"
        )

    def _quantization(self, index: int) -> Quantization:
        tensor = self.model.tensors[index]
        if tensor.type == "FLOAT32":
            return Quantization(1.0, 0)
        if tensor.scales.size != 1 or tensor.zero_points.size != 1:
            raise ConfigError(
                f"{self.where}: tensor {index} {tensor.name}: {tensor.scales.size} scales and "
                f"{tensor.zero_points.size} zero points; one each is read"
            )
        scale, zero_point = float(tensor.scales[0]), int(tensor.zero_points[0])
        if not (math.isfinite(scale) and scale > 0 and -128 <= zero_point <= 127):
            raise ConfigError(
                f"{self.where}: tensor {index} {tensor.name}: scale {scale}, zero point "
                f"{zero_point}; the scale is above 0, the zero point in -128 to 127"
            )
        return Quantization(scale, zero_point)
