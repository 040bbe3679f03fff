"""Damaged `.tflite` files: bytes changed, files cut, and networks that ask for too much."""

from collections.abc import Iterator

import numpy as np

from tests.tflite.models import every_op
from tests.tflite.writer import O, T, write

EXTREMES = [
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    (1 << 31).to_bytes(4, "little"),
    ((1 << 31) - 1).to_bytes(4, "little"),
    (1 << 16).to_bytes(4, "little"),
    np.float32(np.nan).tobytes(),
    np.float32(np.inf).tobytes(),
]


def mutated(data: bytes, rng: np.random.Generator, *, first: int = 0) -> bytes:
    """Return `data` with one to four places from byte `first` on changed."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(first, len(changed) - 4))
        size = int(rng.choice([1, 4]))
        value = [rng.bytes(4), *EXTREMES][int(rng.integers(len(EXTREMES) + 1))]
        changed[at : at + size] = value[:size]
    return bytes(changed)


def small(rng: np.random.Generator) -> bytes:
    """Return the file of every operator with one size, index, option or scale made absurd."""
    tensors, ops = every_op()
    tensor, op = tensors[int(rng.integers(len(tensors)))], ops[int(rng.integers(len(ops)))]
    absurd = int(rng.choice([-1, 0, 3, 1 << 15, (1 << 31) - 1, -(1 << 31)]))
    kind = int(rng.integers(6))
    if kind == 0:
        tensor.shape = tuple(absurd if rng.random() < 0.5 else size for size in tensor.shape)
    elif kind == 1:
        tensor.shape = tensor.shape * int(rng.integers(2, 5))
    elif kind == 2:
        tensor.scales = (float(rng.choice([np.nan, np.inf, -1.0, 0.0, 1e38])),)
    elif kind == 3:
        op.inputs = tuple(int(rng.integers(-1, len(tensors) + 1)) for _ in op.inputs)
    elif kind == 4:
        op.outputs = (int(rng.integers(0, len(tensors))),)
    else:
        for name in ("StrideH", "StrideW", "FilterHeight", "DilationHFactor"):
            if name in op.options:
                op.options[name] = absurd
    return write(tensors, ops)


def asking_too_much() -> Iterator[tuple[str, bytes]]:
    """Yield files of kilobytes that describe far more: many entries that point at one place."""
    tensors, ops = every_op()
    image = T((1, 8, 8, 1))
    yield "tensors", write(tensors * 1_000, ops)
    yield "operators", write(tensors, [ops[-1]] * 1_100)
    yield "dimensions", write([T((1,) * 20_000), *tensors[1:]], ops)
    yield "operands", write(tensors, [O("ADD", (0,) * 20_000, (1,), "AddOptions", {})])
    yield "rows", write([T((1, 1 << 30, 1, 1)), T((1, 1))], [O("RESHAPE", (0,), (1,))])
    huge = (1, 1 << 16, 1 << 15, 1)
    pool = {"FilterHeight": 1, "FilterWidth": 1, "StrideH": 1, "StrideW": 1, "Padding": 1}
    yield "area", write([T(huge), T(huge)], [O("MAX_POOL_2D", (0,), (1,), "Pool2DOptions", pool)])
    itself = [O("MAX_POOL_2D", (0,), (0,), "Pool2DOptions", pool)]
    yield "itself", write([image, image], itself, outputs=(0,))


def chain(n_ops: int) -> bytes:
    """Return a network of `n_ops` poolings: right, and longer than any that is run."""
    pool = {"FilterHeight": 1, "FilterWidth": 1, "StrideH": 1, "StrideW": 1, "Padding": 1}
    tensors = [T((1, 8, 8, 4)) for _ in range(n_ops + 1)]
    ops = [O("MAX_POOL_2D", (i,), (i + 1,), "Pool2DOptions", pool) for i in range(n_ops)]
    return write(tensors, ops)


def tall() -> bytes:
    """Return a convolution of the longest kernel over the most rows: right, and absurd."""
    rows = (1 << 16) - 1
    kernel = np.ones((1, rows, 1, 1), np.int8)
    options = {"StrideH": 1, "StrideW": 1, "DilationHFactor": 2, "DilationWFactor": 1}
    tensors = [T((1, rows, 1, 1)), T(kernel.shape, kernel), T((1, rows, 1, 1))]
    return write(tensors, [O("CONV_2D", (0, 1), (2,), "Conv2DOptions", options)])
