"""A small file that holds every operator that is read; tests change one thing of it."""

import numpy as np
from tflite.TensorType import TensorType

from tests.tflite.writer import O, T

RNG = np.random.default_rng(3)


def weights(*shape: int) -> np.ndarray:
    return RNG.integers(-127, 128, shape).astype(np.int8)


def every_op() -> tuple[list[T], list[O]]:
    """Conv, depthwise (x2), max pool, conv, add, average pool, mean, fc, softmax."""
    relu = (0.25,), (-128,)
    tensors = [
        T((1, 12, 6, 1), scales=(1 / 32,)),
        T((4, 3, 3, 1), weights(4, 3, 3, 1), scales=(0.1, 0.2, 0.3, 0.4), zero_points=(0,) * 4),
        T((4,), np.arange(4, dtype=np.int32), type=TensorType.INT32),
        T((1, 6, 6, 4), None, TensorType.INT8, *relu),
        T((1, 3, 1, 8), weights(1, 3, 1, 8), scales=(0.1,) * 8, zero_points=(0,) * 8, axis=3),
        T((8,), np.arange(8, dtype=np.int32), type=TensorType.INT32),
        T((1, 4, 6, 8), None, TensorType.INT8, *relu),
        T((1, 2, 3, 8), None, TensorType.INT8, *relu),
        T((8, 1, 1, 8), weights(8, 1, 1, 8), scales=(0.5,)),
        T((1, 2, 3, 8), scales=(0.5,), zero_points=(3,)),
        T((1, 2, 3, 8), scales=(0.5,), zero_points=(-128,)),
        T((1, 2, 2, 8), scales=(0.5,), zero_points=(-128,)),
        T((2,), np.array([1, 2], np.int32), type=TensorType.INT32),
        T((1, 8), scales=(0.4,), zero_points=(-128,)),
        T((2,), np.array([1, 8], np.int32), type=TensorType.INT32),
        T((1, 8), scales=(0.4,), zero_points=(-128,)),
        T((3, 8), weights(3, 8), scales=(0.01,)),
        T((3,), np.arange(3, dtype=np.int32), type=TensorType.INT32),
        T((1, 3), scales=(0.2,), zero_points=(14,)),
        T((1, 3), scales=(1 / 256,), zero_points=(-128,)),
    ]
    stride_2 = {"StrideH": 2, "StrideW": 1}
    pool = {"FilterHeight": 2, "FilterWidth": 2, "StrideH": 2, "StrideW": 2, "Padding": 1}
    ops = [
        O("CONV_2D", (0, 1, 2), (3,), "Conv2DOptions", {**stride_2, "FusedActivationFunction": 1}),
        O(
            "DEPTHWISE_CONV_2D",
            (3, 4, 5),
            (6,),
            "DepthwiseConv2DOptions",
            {"StrideH": 1, "StrideW": 1, "Padding": 1, "FusedActivationFunction": 3},
        ),
        O("MAX_POOL_2D", (6,), (7,), "Pool2DOptions", pool),
        O("CONV_2D", (7, 8), (9,), "Conv2DOptions", {"StrideH": 1, "StrideW": 1}),
        O("ADD", (7, 9), (10,), "AddOptions", {"FusedActivationFunction": 1}),
        O(
            "AVERAGE_POOL_2D",
            (10,),
            (11,),
            "Pool2DOptions",
            {"FilterHeight": 1, "FilterWidth": 2, "StrideH": 1, "StrideW": 1, "Padding": 1},
        ),
        O("MEAN", (11, 12), (13,), "ReducerOptions", {"KeepDims": False}),
        O("RESHAPE", (13, 14), (15,)),
        O("FULLY_CONNECTED", (15, 16, 17), (18,), "FullyConnectedOptions", {}),
        O("SOFTMAX", (18,), (19,), "SoftmaxOptions", {"Beta": 1.0}),
    ]
    return tensors, ops
