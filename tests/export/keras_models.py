"""Files with float or several ends, and other types: what a user may bring."""

import numpy as np

from tests.export.flat import INT8, Flat, schema


def float_ends(seed: int = 0) -> bytes:
    """QUANTIZE, FULLY_CONNECTED, LOGISTIC, DEQUANTIZE: converted with float input and output."""
    rng, flat = np.random.default_rng(seed), Flat()
    given = flat.tensor((1, 12), floats=True)
    source = flat.tensor((1, 12), scale=0.05, zero_point=-3)
    flat.op("QUANTIZE", (given,), source, "QuantizeOptions")
    filter_ = flat.tensor((4, 12), scale=0.02, data=rng.integers(-127, 128, (4, 12)).astype("i1"))
    bias = flat.tensor((4,), scale=0.001, data=rng.integers(-900, 900, 4).astype(np.int32))
    sums = flat.tensor((1, 4), scale=0.1, zero_point=7)
    flat.op("FULLY_CONNECTED", (source, filter_, bias), sums, "FullyConnectedOptions")
    shares = flat.tensor((1, 4), scale=1 / 256, zero_point=-128)
    flat.op("LOGISTIC", (sums,), shares)
    target = flat.tensor((1, 4), floats=True)
    flat.op("DEQUANTIZE", (shares,), target, "DequantizeOptions")
    return flat.content([given], [target])


def open_batch() -> bytes:
    """Flatten of a model whose batch was open: SHAPE, STRIDED_SLICE, PACK, RESHAPE."""
    flat = Flat()
    source = flat.tensor((1, 3, 2, 2), scale=0.1, zero_point=4)
    flat.tensors[source].shapeSignature = [-1, 3, 2, 2]
    one = flat.tensor((1,), data=np.array([1], np.int32))
    zero = flat.tensor((1,), data=np.array([0], np.int32))
    shape, batch, both = (flat.tensor(size) for size in ((4,), (), (2,)))
    for index in (shape, batch, both):
        flat.tensors[index].type = schema.TensorType.INT32
    flat.op("SHAPE", (source,), shape, "ShapeOptions", outType=schema.TensorType.INT32)
    masks = {"shrinkAxisMask": 1}
    flat.op("STRIDED_SLICE", (shape, zero, one, one), batch, "StridedSliceOptions", **masks)
    rest = flat.tensor((), data=np.array(12, np.int32))
    flat.op("PACK", (batch, rest), both, "PackOptions", valuesCount=2)
    target = flat.tensor((1, 12), scale=0.1, zero_point=4)
    flat.tensors[target].shapeSignature = [-1, 12]
    flat.op("RESHAPE", (source, both), target, "ReshapeOptions", newShape=[])
    last = flat.tensor((1, 12), scale=0.2, zero_point=0)
    flat.op("RELU", (target,), last)
    return flat.content([source], [last])


def of_type(kind: int, *, outputs: int = 1) -> bytes:
    """RELU on tensors of another type, or an int8 one with several outputs."""
    flat = Flat()
    source = flat.tensor((1, 4), scale=0.1, zero_point=0)
    targets = [flat.tensor((1, 4), scale=0.1, zero_point=0) for _ in range(outputs)]
    for target in targets:
        flat.op("RELU", (source,), target)
    for tensor in flat.tensors:
        tensor.type = kind
    return flat.content([source], targets)


def two_outputs() -> bytes:
    return of_type(INT8, outputs=2)
