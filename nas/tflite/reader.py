"""A `.tflite` file as a QuantizedGraph: tensors without the batch, weights by node name."""

import math
from dataclasses import dataclass
from pathlib import Path

from nas.errors import ConfigError
from nas.graph.graph import GraphBuilder
from nas.graph.quantized import Constants, Quantization, QuantizedGraph
from nas.tflite.flatbuffer import (
    LARGEST_FILE_BYTES,
    FileTensor,
    ModelFile,
    damaged_as_config_error,
    open_model,
)
from nas.tflite.readers import OpRead, read_op
from nas.tflite.source import LARGEST_FACTOR

__all__ = ["StoredModel", "constant_bytes", "read", "read_stored"]

LARGEST_TENSOR_BYTES = 1 << 26
"""An activation above it is no microcontroller's, and most likely a damaged shape."""


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A network as a file holds it.

    Attributes:
        network: graph, weights, scales.
        model_bytes: length of the file.
        constant_bytes: of the constant buffers that ops read, each buffer once.
    """

    network: QuantizedGraph
    model_bytes: int
    constant_bytes: int


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
        return StoredModel(_Reading(model, where).graph(), len(data), _constant_bytes(model))


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
        entry, self.exit = self._ends()
        self.builder = GraphBuilder(self._activation(entry).shape[1:])
        self.index = {entry: self.builder.input}
        self.quantization = [self._quantization(entry)]
        self.constants: dict[str, Constants] = {}

    def graph(self) -> QuantizedGraph:
        for op in self.model.ops:
            self._node(read_op(self.model, op, self.where), str(op))
        if self.index.get(self.exit, self.builder.input) == self.builder.input:
            raise ConfigError(f"{self.where}: no op writes the output, tensor {self.exit}")
        graph = self.builder.build(self.index[self.exit])
        return QuantizedGraph(graph, tuple(self.quantization), self.constants)

    def _ends(self) -> tuple[int, int]:
        entries, exits = self.model.inputs, self.model.outputs
        if len(entries) != 1 or len(exits) != 1:
            raise ConfigError(
                f"{self.where}: {len(entries)} inputs and {len(exits)} outputs; one each is read"
            )
        return entries[0], exits[0]

    def _node(self, read: OpRead, label: str) -> None:
        for tensor in read.inputs:
            if tensor not in self.index:
                raise ConfigError(f"{self.where}: {label}: reads tensor {tensor} before a write")
        if read.output in self.index:
            raise ConfigError(f"{self.where}: {label}: writes tensor {read.output} again")
        name = f"{type(read.op).__name__.lower()}_{len(self.index) - 1}"
        shape = self._activation(read.output).shape[1:]
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
        if tensor.type != "INT8":
            raise ConfigError(f"{where}: is {tensor.type}; convert the model to full int8")
        if tensor.shape[:1] != (1,) or len(tensor.shape) not in (2, 4) or min(tensor.shape) < 1:
            raise ConfigError(f"{where}: shape {tensor.shape}; (1, n) and (1, h, w, c) are read")
        largest = max(tensor.shape[1:-1], default=1)
        if largest > LARGEST_FACTOR or math.prod(tensor.shape) > LARGEST_TENSOR_BYTES:
            raise ConfigError(
                f"{where}: shape {tensor.shape}; up to {LARGEST_FACTOR:,} rows and columns and "
                f"{LARGEST_TENSOR_BYTES:,} bytes are read: the file is damaged, or no "
                "microcontroller's"
            )
        return tensor

    def _quantization(self, index: int) -> Quantization:
        tensor = self.model.tensors[index]
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
