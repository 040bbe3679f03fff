"""The parts of a `.tflite` file that a graph is made of, out of the flatbuffer, bounds checked.

The generated accessors of package `tflite` trust the file. Here nothing is trusted: lengths are
held against the file's size before they are used, and what the accessors raise on a damaged file
becomes one ConfigError. In a flatbuffer many entries may point at one place, so a small file can
describe a huge model: counts are bounded, and arrays are views of the file, never copies.
Nothing of an op is interpreted here (see `readers`).
"""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import ConfigError

__all__ = [
    "LARGEST_FILE_BYTES",
    "FileOp",
    "FileTensor",
    "ModelFile",
    "damaged_as_config_error",
    "open_model",
]

IDENTIFIER = b"TFL3"
DAMAGE = (struct.error, LookupError, ValueError, TypeError, ArithmeticError, AttributeError)
LONGEST_NAME = 60
LARGEST_FILE_BYTES = 1 << 25
"""Twice the largest flash of a board that is sold with one (16 MB)."""
MOST_TENSORS = 8_192
MOST_OPS = 1_024
MOST_DIMENSIONS = 8
MOST_OPERANDS = 256
CUSTOM = 32  # BuiltinOperator.CUSTOM: the op is named by its custom code


@dataclass(frozen=True, eq=False)
class FileTensor:
    """One tensor as stored; `shape` with the batch, `data` empty for activations.

    Attributes:
        scales: float32 (n,), n = 0 when the tensor is not quantized.
        zero_points: int64 (n,) of the same length.
        axis: the dimension along which scales vary, where there are several.
    """

    name: str
    shape: tuple[int, ...]
    type: str
    data: NDArray[np.uint8]
    buffer: int
    scales: NDArray[np.float32]
    zero_points: NDArray[np.int64]
    axis: int


@dataclass(frozen=True, eq=False)
class FileOp:
    """One operator: its name in TFLite, tensor indices (-1: left out) and its options' table."""

    name: str
    index: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options_type: str
    options: Any

    def __str__(self) -> str:
        return f"op {self.index} {self.name}"


@dataclass(frozen=True, eq=False)
class ModelFile:
    """Tensors, operators in execution order, and the indices that enter and leave."""

    tensors: tuple[FileTensor, ...]
    ops: tuple[FileOp, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@contextmanager
def damaged_as_config_error(where: str) -> Iterator[None]:
    """Turn what the accessors raise on a damaged file into a ConfigError at `where`."""
    try:
        yield
    except ConfigError:
        raise
    except DAMAGE as error:
        reason = _printable(str(error))
        raise ConfigError(f"{where}: damaged .tflite file ({reason}); export it again") from None


def open_model(data: bytes, where: str) -> ModelFile:
    """Return the one subgraph of the file.

    Raises:
        ConfigError: not a `.tflite` file, damaged, several subgraphs.
    """
    if len(data) < 8 or data[4:8] != IDENTIFIER:
        raise ConfigError(f"{where}: not a .tflite file (no TFL3 at byte 4); give a TFLite model")
    with damaged_as_config_error(where):
        return _read(data, where)


def _read(data: bytes, where: str) -> ModelFile:
    from tflite.Model import Model

    model = Model.GetRootAs(data, 0)
    if model.Version() != 3:
        raise ConfigError(f"{where}: schema version {model.Version()}; version 3 is read")
    if model.SubgraphsLength() != 1:
        raise ConfigError(f"{where}: {model.SubgraphsLength()} subgraphs; one is read")
    graph = model.Subgraphs(0)
    _check_counts(graph, where)
    tensors = _each(graph.TensorsLength(), lambda i: _tensor(model, graph.Tensors(i)), data)
    ops = _each(graph.OperatorsLength(), lambda i: _op(model, graph.Operators(i), i), data)
    result = ModelFile(
        tensors,
        ops,
        _indices(graph.InputsLength(), graph.Inputs, data),
        _indices(graph.OutputsLength(), graph.Outputs, data),
    )
    _check_indices(result, where)
    return result


def _check_counts(graph: Any, where: str) -> None:
    for name, count, most in (
        ("tensors", graph.TensorsLength(), MOST_TENSORS),
        ("operators", graph.OperatorsLength(), MOST_OPS),
    ):
        if count > most:
            raise ConfigError(
                f"{where}: {count:,} {name}; up to {most:,} are read: this is no model for a "
                "microcontroller, or the file is damaged"
            )


def _each(length: int, item: Callable[[int], Any], data: bytes) -> tuple[Any, ...]:
    """Return `item(0)` ... of a vector whose elements take at least 4 bytes of the file each."""
    if not 0 <= 4 * length <= len(data):
        raise ValueError(f"a list of {length} entries in a file of {len(data)} bytes")
    return tuple(item(index) for index in range(length))


def _indices(length: int, item: Callable[[int], int], data: bytes) -> tuple[int, ...]:
    return _each(length, lambda index: int(item(index)), data)


def _tensor(model: Any, tensor: Any) -> FileTensor:
    quantization = tensor.Quantization()
    none = quantization is None
    buffer = int(tensor.Buffer())
    if buffer >= model.BuffersLength():
        raise ValueError(f"buffer {buffer} of {model.BuffersLength()}")
    return FileTensor(
        name=_text(tensor, 3),
        shape=_few(tensor.ShapeLength(), tensor.ShapeAsNumpy, MOST_DIMENSIONS),
        type=_name("TensorType", tensor.Type()),
        data=_vector(model.Buffers(buffer).DataAsNumpy(), np.uint8),
        buffer=buffer,
        scales=_vector(0 if none else quantization.ScaleAsNumpy(), np.float32),
        zero_points=_vector(0 if none else quantization.ZeroPointAsNumpy(), np.int64),
        axis=0 if none else int(quantization.QuantizedDimension()),
    )


def _vector(found: Any, dtype: Any) -> NDArray[Any]:
    """Return a vector; the accessors give the number 0 where there is none."""
    return np.zeros(0, dtype) if isinstance(found, int) else np.asarray(found, dtype)


def _few(length: int, values: Callable[[], Any], most: int) -> tuple[int, ...]:
    """Return a short list of int32; its length is looked at before its values are."""
    if not 0 <= length <= most:
        raise ValueError(f"a list of {length} entries where up to {most} are expected")
    return tuple(int(value) for value in _vector(values(), np.int32))


def _text(accessor: Any, field: int) -> str:
    """Return the beginning of a string, field number `field` of its table in the schema.

    The accessor would copy all of it, and a damaged length makes that the whole file.
    """
    table = accessor._tab
    offset = table.Offset(4 + 2 * field)
    if not offset:
        return ""
    start, length = table.Vector(offset), table.VectorLen(offset)
    kept = bytes(table.Bytes[start : start + min(length, LONGEST_NAME)])
    return _printable(kept.decode(errors="replace"))


def _op(model: Any, operator: Any, index: int) -> FileOp:
    if operator.OpcodeIndex() >= model.OperatorCodesLength():
        raise ValueError(f"operator code {operator.OpcodeIndex()}")
    code = model.OperatorCodes(operator.OpcodeIndex())
    builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    name = _name("BuiltinOperator", builtin)
    return FileOp(
        name=f"{name} {_text(code, 1)}".strip() if builtin == CUSTOM else name,
        index=index,
        inputs=_few(operator.InputsLength(), operator.InputsAsNumpy, MOST_OPERANDS),
        outputs=_few(operator.OutputsLength(), operator.OutputsAsNumpy, MOST_OPERANDS),
        options_type=_name("BuiltinOptions", operator.BuiltinOptionsType()),
        options=operator.BuiltinOptions(),
    )


def _printable(text: str) -> str:
    """Return `text` fit for one line of a message; names in a damaged file can be anything."""
    return "".join(c if c.isprintable() else "?" for c in text[:LONGEST_NAME])


@cache
def _names(enum: str) -> dict[int, str]:
    from importlib import import_module

    members = vars(getattr(import_module(f"tflite.{enum}"), enum))
    return {value: name for name, value in members.items() if isinstance(value, int)}


def _name(enum: str, value: int) -> str:
    return _names(enum).get(int(value), f"{enum} {value}")


def _check_indices(model: ModelFile, where: str) -> None:
    reads = [index for op in model.ops for index in op.inputs]
    writes = [index for op in model.ops for index in op.outputs]
    for low, indices in ((-1, reads), (0, [*writes, *model.inputs, *model.outputs])):
        for index in indices:
            if not low <= index < len(model.tensors):
                raise ConfigError(f"{where}: tensor {index} of {len(model.tensors)}; damaged file")
