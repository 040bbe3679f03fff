"""A quantized graph as the bytes of a `.tflite`: what a runtime needs, and names a person reads.

The converter's own file is about twice its constants. This one leaves out what neither LiteRT nor
TensorFlow Lite Micro reads (metadata, signature, long names, one empty buffer a tensor) and writes
once what is the same in many places: the zero points of weights and biases, all 0, and equal
shapes. A flatbuffer may point to one vector from many places; each reader sees the usual file.

Order, from the end of the file: constants (each on 16 bytes, as the schema asks), vectors of 8
bytes, then vectors and tables of 4. So the length follows from the graph alone:
``nas.cost.tflm_file.model_bytes``.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flatbuffers
import numpy as np
import tflite
from numpy.typing import NDArray
from tflite.BuiltinOperator import BuiltinOperator
from tflite.BuiltinOptions import BuiltinOptions
from tflite.TensorType import TensorType

from nas.export.tflite_operators import written
from nas.export.tflite_parts import FileOperator, FileParts, FileTensor, file_parts
from nas.graph.quantized import QuantizedGraph

__all__ = ["tflite_file"]

SCHEMA_VERSION = 3
DESCRIPTION = "mcu-nas"
SUBGRAPH = "main"
DATA_ALIGNMENT = 16
LARGEST_OLD_CODE = 127


def tflite_file(network: QuantizedGraph) -> bytes:
    """Return the file of `network`; the same network gives the same bytes.

    Raises:
        UnsupportedOpError: an op that has no entry in `tflite_operators`.
    """
    parts = file_parts(network)
    return _Writer(parts).file()


class _Writer:
    """Writes one file; what it returns are offsets in flatbuffers' sense."""

    def __init__(self, parts: FileParts) -> None:
        self.parts = parts
        self.builder = flatbuffers.Builder(1 << 14)
        self.builder.ForceDefaults(True)
        self.codes = list(dict.fromkeys(written(one.node) for one in parts.operators))
        self.shapes: dict[tuple[int, ...], int] = {}
        self.zeros: dict[int, int] = {}

    def file(self) -> bytes:
        constants = [one for one in self.parts.tensors if one.data is not None]
        data = [self._data(one.data) for one in constants if one.data is not None]
        zero_points = [self._zero_points(one) for one in self.parts.tensors]
        buffers = self._tables([None, *data], "Model", "Buffers", self._buffer)
        codes = self._tables(self.codes, "Model", "OperatorCodes", self._code)
        subgraphs = self._tables([zero_points], "Model", "Subgraphs", self._subgraph)
        description = self.builder.CreateString(DESCRIPTION)
        model = self._table(
            "Model",
            Version=SCHEMA_VERSION,
            OperatorCodes=codes,
            Subgraphs=subgraphs,
            Description=description,
            Buffers=buffers,
        )
        self.builder.Finish(model, b"TFL3")
        return bytes(self.builder.Output())

    def _table(self, kind: str, **fields: Any) -> int:
        """Write a table of the schema; fields in the order given.

        It starts at a multiple of 4, so that tables of one kind are alike and share a vtable.
        """
        self.builder.Prep(4, 0)
        getattr(tflite, f"{kind}Start")(self.builder)
        for name, value in fields.items():
            getattr(tflite, f"{kind}Add{name}")(self.builder, value)
        return int(getattr(tflite, f"{kind}End")(self.builder))

    def _tables(
        self, items: Sequence[Any], owner: str, name: str, write: Callable[[Any], int]
    ) -> int:
        """Write a table for each of `items` and the vector of them."""
        offsets = [write(item) for item in items]
        getattr(tflite, f"{owner}Start{name}Vector")(self.builder, len(offsets))
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return int(self.builder.EndVector())

    def _array(self, values: Any, dtype: Any) -> int:
        return int(self.builder.CreateNumpyVector(np.asarray(values, dtype)))

    def _shape(self, shape: tuple[int, ...]) -> int:
        if shape not in self.shapes:
            self.shapes[shape] = self._array(shape, np.int32)
        return self.shapes[shape]

    def _zero_points(self, tensor: FileTensor) -> int | None:
        """Write as many as there are scales: LiteRT refuses a file with fewer."""
        if tensor.scales is None:
            return None
        if tensor.data is None:
            return self._array([tensor.zero_point], np.int64)
        count = tensor.scales.size
        if count not in self.zeros:
            self.zeros[count] = self._array(np.zeros(count), np.int64)
        return self.zeros[count]

    def _data(self, values: NDArray[Any]) -> int:
        """Write a vector of bytes that starts at a multiple of 16."""
        raw = np.ascontiguousarray(values, values.dtype.newbyteorder("<")).tobytes()
        self.builder.StartVector(1, len(raw), DATA_ALIGNMENT)
        self.builder.head -= len(raw)
        self.builder.Bytes[self.builder.head : self.builder.head + len(raw)] = raw
        return int(self.builder.EndVector())

    def _buffer(self, data: int | None) -> int:
        return self._table("Buffer") if data is None else self._table("Buffer", Data=data)

    def _code(self, code: Any) -> int:
        number = getattr(BuiltinOperator, code.code)
        return self._table(
            "OperatorCode",
            DeprecatedBuiltinCode=min(number, LARGEST_OLD_CODE),
            Version=code.version,
            BuiltinCode=number,
        )

    def _subgraph(self, zero_points: list[int | None]) -> int:
        buffers = self._buffer_numbers()
        numbered = list(zip(self.parts.tensors, zero_points, buffers, strict=True))
        tensors = self._tables(numbered, "SubGraph", "Tensors", lambda one: self._tensor(*one))
        operators = self._tables(self.parts.operators, "SubGraph", "Operators", self._operator)
        inputs = self._array([self.parts.input], np.int32)
        outputs = self._array([self.parts.output], np.int32)
        return self._table(
            "SubGraph",
            Tensors=tensors,
            Inputs=inputs,
            Outputs=outputs,
            Operators=operators,
            Name=self.builder.CreateString(SUBGRAPH),
        )

    def _buffer_numbers(self) -> list[int]:
        """Return the buffer of each tensor; activations have the empty one, number 0."""
        numbers, last = [], 0
        for tensor in self.parts.tensors:
            last += tensor.data is not None
            numbers.append(0 if tensor.data is None else last)
        return numbers

    def _tensor(self, tensor: FileTensor, zero_points: int | None, buffer: int) -> int:
        fields: dict[str, int] = {"Shape": self._shape(tensor.shape)}
        fields["Name"] = self.builder.CreateString(tensor.name)
        if zero_points is not None:
            fields["Quantization"] = self._quantization(tensor, zero_points)
        if tensor.data is not None:
            fields["Buffer"] = buffer
        return self._table("Tensor", Type=_type(tensor), **fields)

    def _quantization(self, tensor: FileTensor, zero_points: int) -> int:
        scales = self._array(tensor.scales, np.float32)
        axis = {"QuantizedDimension": tensor.axis} if tensor.axis else {}
        return self._table("QuantizationParameters", Scale=scales, ZeroPoint=zero_points, **axis)

    def _operator(self, operator: FileOperator) -> int:
        how = written(operator.node)
        inputs = self._array(operator.inputs, np.int32)
        outputs = self._array([operator.output], np.int32)
        options: dict[str, int] = {}
        if how.kind is not None:
            table = self._table(how.kind, **how.options(operator.node.op))
            kind = getattr(BuiltinOptions, how.kind)
            options = {"BuiltinOptionsType": kind, "BuiltinOptions": table}
        code = self.codes.index(how)
        return self._table("Operator", **options, OpcodeIndex=code, Inputs=inputs, Outputs=outputs)


def _type(tensor: FileTensor) -> int:
    integers = tensor.data is not None and tensor.data.dtype == np.int32
    return int(TensorType.INT32 if integers else TensorType.INT8)
