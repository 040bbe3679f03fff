"""Writes small `.tflite` files, right or wrong, straight with the schema's builder functions."""

from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tflite
from tflite.BuiltinOperator import BuiltinOperator
from tflite.BuiltinOptions import BuiltinOptions
from tflite.TensorType import TensorType


@dataclass
class T:
    """A tensor of the file."""

    shape: tuple[int, ...]
    data: np.ndarray | None = None
    type: int = TensorType.INT8
    scales: tuple[float, ...] = (0.5,)
    zero_points: tuple[int, ...] = (0,)
    axis: int = 0


@dataclass
class O:  # noqa: E742
    """An operator: BuiltinOperator name, tensors, options as {field: value} and their kind."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    kind: str | None = None
    options: dict[str, object] = field(default_factory=dict)


def write(tensors, ops, *, inputs=(0,), outputs=None, subgraphs=1, version=3) -> bytes:
    b = flatbuffers.Builder(4096)
    buffers = _vector(
        b,
        tflite.ModelStartBuffersVector,
        [_buffer(b, None)] + [_buffer(b, t.data) for t in tensors],
    )
    codes = _vector(b, tflite.ModelStartOperatorCodesVector, [_code(b, op.name) for op in ops])
    outputs = (len(tensors) - 1,) if outputs is None else outputs
    graphs = _vector(
        b,
        tflite.ModelStartSubgraphsVector,
        [_subgraph(b, tensors, ops, inputs, outputs) for _ in range(subgraphs)],
    )
    tflite.ModelStart(b)
    tflite.ModelAddVersion(b, version)
    tflite.ModelAddOperatorCodes(b, codes)
    tflite.ModelAddSubgraphs(b, graphs)
    tflite.ModelAddBuffers(b, buffers)
    b.Finish(tflite.ModelEnd(b), b"TFL3")
    return bytes(b.Output())


def _vector(b, start, offsets):
    start(b, len(offsets))
    for offset in reversed(offsets):
        b.PrependUOffsetTRelative(offset)
    return b.EndVector()


def _array(b, values, dtype):
    return b.CreateNumpyVector(np.asarray(values, dtype))


def _buffer(b, data):
    vector = None if data is None else b.CreateByteVector(np.ascontiguousarray(data).tobytes())
    tflite.BufferStart(b)
    if vector is not None:
        tflite.BufferAddData(b, vector)
    return tflite.BufferEnd(b)


def _code(b, name):
    tflite.OperatorCodeStart(b)
    code = getattr(BuiltinOperator, name)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(b, min(code, 127))
    tflite.OperatorCodeAddBuiltinCode(b, code)
    tflite.OperatorCodeAddVersion(b, 1)
    return tflite.OperatorCodeEnd(b)


def _subgraph(b, tensors, ops, inputs, outputs):
    made = _vector(
        b,
        tflite.SubGraphStartTensorsVector,
        [_tensor(b, index, tensor) for index, tensor in enumerate(tensors)],
    )
    nodes = _vector(
        b, tflite.SubGraphStartOperatorsVector, [_operator(b, i, op) for i, op in enumerate(ops)]
    )
    entries, exits = _array(b, inputs, np.int32), _array(b, outputs, np.int32)
    tflite.SubGraphStart(b)
    tflite.SubGraphAddTensors(b, made)
    tflite.SubGraphAddInputs(b, entries)
    tflite.SubGraphAddOutputs(b, exits)
    tflite.SubGraphAddOperators(b, nodes)
    return tflite.SubGraphEnd(b)


def _tensor(b, index, tensor):
    name = b.CreateString(f"t{index}")
    shape = _array(b, tensor.shape, np.int32)
    scales = _array(b, tensor.scales, np.float32)
    zeros = _array(b, tensor.zero_points, np.int64)
    tflite.QuantizationParametersStart(b)
    tflite.QuantizationParametersAddScale(b, scales)
    tflite.QuantizationParametersAddZeroPoint(b, zeros)
    tflite.QuantizationParametersAddQuantizedDimension(b, tensor.axis)
    quantization = tflite.QuantizationParametersEnd(b)
    tflite.TensorStart(b)
    tflite.TensorAddShape(b, shape)
    tflite.TensorAddType(b, tensor.type)
    tflite.TensorAddBuffer(b, index + 1)
    tflite.TensorAddName(b, name)
    tflite.TensorAddQuantization(b, quantization)
    return tflite.TensorEnd(b)


def _operator(b, index, op):
    options = None
    if op.kind:
        getattr(tflite, f"{op.kind}Start")(b)
        for name, value in op.options.items():
            getattr(tflite, f"{op.kind}Add{name}")(b, value)
        options = getattr(tflite, f"{op.kind}End")(b)
    entries, exits = _array(b, op.inputs, np.int32), _array(b, op.outputs, np.int32)
    tflite.OperatorStart(b)
    tflite.OperatorAddOpcodeIndex(b, index)
    tflite.OperatorAddInputs(b, entries)
    tflite.OperatorAddOutputs(b, exits)
    if op.kind:
        tflite.OperatorAddBuiltinOptionsType(b, getattr(BuiltinOptions, op.kind))
        tflite.OperatorAddBuiltinOptions(b, options)
    return tflite.OperatorEnd(b)
