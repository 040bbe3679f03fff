"""Floats at a model's ends: `nas/float_ends.h` against LiteRT's QUANTIZE and DEQUANTIZE."""

import ctypes

import numpy as np
import pytest

from nas.export.run import open_interpreter
from tests.export.compiled import compile_
from tests.export.flat import Flat

SOURCE = """
#include "nas/float_ends.h"
void quantize(const float *input, float scale, int32_t zero_point, int8_t *output, int32_t count);
void dequantize(const int8_t *input, float scale, int32_t zero_point, float *output, int32_t n);
void quantize(const float *input, float scale, int32_t zero_point, int8_t *output, int32_t count)
{
    nas_quantize_f32_s8(input, scale, zero_point, output, count);
}
void dequantize(const int8_t *input, float scale, int32_t zero_point, float *output, int32_t n)
{
    nas_dequantize_s8_f32(input, scale, zero_point, output, n);
}
"""
COUNT = 4096


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ends")
    (folder / "ends.c").write_text(SOURCE)
    compile_("cc", ("-O2", "-shared", "-fPIC"), folder / "ends.c", "-o", folder / "ends.so")
    return ctypes.CDLL(str(folder / "ends.so"))


def litert(name, options, source, target, values):
    flat = Flat()
    tensors = [flat.tensor((1, COUNT), **kind) for kind in (source, target)]
    flat.op(name, (tensors[0],), tensors[1], options)
    runtime = open_interpreter(flat.content([tensors[0]], [tensors[1]]))
    runtime.set_tensor(runtime.get_input_details()[0]["index"], values[None])
    runtime.invoke()
    return runtime.get_tensor(runtime.get_output_details()[0]["index"])[0]


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


SCALES = [(1 / 32, 0), (0.0039, -128), (0.7312, 127), (1e-3, 5)]


@pytest.mark.parametrize(("scale", "zero_point"), SCALES)
def test_floats_to_bytes(ends, scale, zero_point):
    rng = np.random.default_rng(1)
    steps = np.concatenate([rng.uniform(-400, 400, COUNT - 2048), np.arange(-512, 512) / 2])
    beside = np.nextafter(np.arange(-512, 512) / 2, np.where(rng.random(1024) < 0.5, -9e9, 9e9))
    values = (np.concatenate([steps, beside]) * np.float32(scale)).astype(np.float32)
    values[:4] = 3e4, -3e4, 0.0, -0.0
    made = np.empty(COUNT, np.int8)
    ends.quantize(pointer(values), ctypes.c_float(scale), zero_point, pointer(made), COUNT)
    kind = {"scale": scale, "zero_point": zero_point}
    expected = litert("QUANTIZE", "QuantizeOptions", {"floats": True}, kind, values)
    np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize(("scale", "zero_point"), SCALES)
def test_bytes_to_floats(ends, scale, zero_point):
    values = np.resize(np.arange(-128, 128), COUNT).astype(np.int8)
    made = np.empty(COUNT, np.float32)
    ends.dequantize(pointer(values), ctypes.c_float(scale), zero_point, pointer(made), COUNT)
    kind = {"scale": scale, "zero_point": zero_point}
    expected = litert("DEQUANTIZE", "DequantizeOptions", kind, {"floats": True}, values)
    np.testing.assert_array_equal(made, expected)


def test_what_is_no_number_is_held(ends):
    """LiteRT leaves these undefined."""
    values = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38], np.float32)
    made = np.empty(5, np.int8)
    ends.quantize(pointer(values), ctypes.c_float(0.1), 3, pointer(made), 5)
    assert made.tolist() == [-128, 127, -128, 127, -128]
