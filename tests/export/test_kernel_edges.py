"""The ends of what `nas/kernels.h` promises: long softmax rows, large scales, empty windows."""

import ctypes
import subprocess
from itertools import product

import numpy as np
import pytest

from nas.config import resource_dir
from nas.export.requantize import softmax_scale
from nas.export.run import Int8Model
from nas.export.twin_softmax import softmax_rows
from nas.graph.quantized import Quantization
from tests.export.compiled import SANITIZERS, build, random_inputs, run
from tests.export.flat import Flat
from tests.tools import require

SOURCE = """
#include "window.h"
#include "nas/kernels.h"
void window_at(const int32_t *in, int32_t *out)
{
    const nas_window window = nas_window_at(in[0], in[1], in[2], in[3], in[4], in[5]);
    out[0] = window.origin, out[1] = window.begin, out[2] = window.end;
}
"""
ROWS = (255, 256, 511, 512, 513, 1_023, 1_024, 2_048, 4_095)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edges")
    (folder / "edges.c").write_text(SOURCE)
    kernels = resource_dir("firmware") / "kernels"
    trap = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]
    flags = ["-std=c99", "-O1", "-shared", "-fPIC", *trap]
    places = [f"-I{kernels}", f"-I{resource_dir('firmware') / 'include'}"]
    sources = [str(folder / "edges.c"), str(kernels / "softmax_s8.c")]
    command = [require("cc", package="gcc"), *flags, *places, *sources]
    subprocess.run([*command, "-o", str(folder / "edges.so")], check=True)
    return ctypes.CDLL(str(folder / "edges.so"))


def softmax(library, row, scale):
    found = softmax_scale(Quantization(scale, 0), 1.0)
    outputs = np.empty_like(row)
    pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (row, outputs))
    source, target = pointers
    numbers = (found.scale.multiplier, found.scale.shift, found.diff_min)
    library.nas_softmax_s8(source, 1, len(row), *numbers, target)
    twin = softmax_rows(row[None].astype(np.int64), found)[0]
    np.testing.assert_array_equal(outputs, twin)
    return outputs.astype(int)


@pytest.mark.parametrize("size", ROWS)
@pytest.mark.parametrize("spread", [0, 1, 20])
def test_long_softmax_rows(library, size, spread):
    """Against float64, one step apart at most (Q0.31 throughout); LiteRT stops at 512 equals."""
    row = np.random.default_rng(size).integers(-spread, spread + 1, size).astype(np.int8)
    real = np.exp((row.astype(float) - row.max()) * 0.05)
    expected = np.clip(np.round(256 * real / real.sum()) - 128, -128, 127)
    assert np.abs(softmax(library, row, 0.05) - expected).max() <= 1


@pytest.mark.parametrize("size", ROWS)
def test_equal_scores_share_256_steps(library, size):
    """256 / n to nearest: one step for 171 to 511 of them; of 512 a half each, less in Q0.31."""
    found = set(softmax(library, np.zeros(size, np.int8), 0.05))
    assert found == ({-127} if size < 512 else {-128})


@pytest.mark.parametrize("size", ROWS)
def test_one_score_far_above_takes_all(library, size):
    row = np.full(size, -128, np.int8)
    row[size // 2] = 127
    expected = np.full(size, -128)
    expected[size // 2] = 127
    np.testing.assert_array_equal(softmax(library, row, 0.25), expected)


def test_windows_hold_what_lies_inside(library):
    """All of small sizes against counting; zeros where nothing does."""
    least = np.array([0, 1, 0, 1, 1, 1])
    axes = least + np.indices((7, 3, 5, 3, 4, 4)).reshape(6, -1).T
    for case in np.ascontiguousarray(axes, np.int32):
        found = np.empty(3, np.int32)
        pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (case, found))
        library.window_at(*pointers)
        out, stride, padding, dilation, kernel, size = map(int, case)
        origin = out * stride - padding
        inside = [k for k in range(kernel) if 0 <= origin + k * dilation < size]
        expected = [origin, inside[0], inside[-1] + 1] if inside else [0, 0, 0]
        assert found.tolist() == expected, case


@pytest.mark.parametrize(
    ("name", "exponent"),
    [*product(["CONV_2D", "FULLY_CONNECTED"], [-4, 0, 1, 7]), ("FULLY_CONNECTED", 16)],
)
def test_large_scales_as_the_runtime(name, exponent, tmp_path):
    """Sums near zero and far outside of int8, by 127 / 128 x 2^exponent."""
    flat, rng, elements = Flat(), np.random.default_rng(exponent + 9), 60
    conv = name == "CONV_2D"
    shape = (1, 1, 1, elements) if conv else (1, elements)
    weights = rng.integers(-3, 4, (5, *shape[1:])).astype(np.int8)
    source = flat.tensor(shape, scale=127 / 128, zero_point=3)
    filter_ = flat.tensor(weights.shape, scale=np.ones(5), data=weights)
    bias = flat.tensor((5,), scale=np.full(5, 127 / 128), data=np.array([0, 1, -1, 9, -9], "i4"))
    target = flat.tensor((*shape[:-1], 5), scale=2.0**-exponent, zero_point=-7)
    options = {"padding": 1, "strideH": 1, "strideW": 1} if conv else {}
    kind = "Conv2DOptions" if conv else "FullyConnectedOptions"
    flat.op(name, (source, filter_, bias), target, kind, **options)
    content = flat.content([source], [target])
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 60, seed=5)
    inputs[2:40] = 3 + rng.integers(-1, 2, (38, elements))
    expected = model.predict(inputs.reshape(60, *shape[1:]))
    program = build(content, tmp_path, "-O1", *SANITIZERS)
    np.testing.assert_array_equal(run(program, inputs), expected)
