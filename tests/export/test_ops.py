"""Every kernel, at random configurations, against LiteRT's reference kernels: each byte."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nas.export.run import Int8Model
from nas.graph.graph import Graph
from nas.graph.overlap import margin
from nas.graph.planner import Plan, overlapped_plan
from tests.export.compiled import SANITIZERS, build, random_inputs, run
from tests.export.flat import Flat

DSP = (
    *("-D__ARM_FEATURE_DSP=1", "-D__ARM_FEATURE_SIMD32=1", "-Wno-pedantic"),
    f"-I{Path(__file__).with_name('host_dsp')}",
)
PATHS = ((), DSP)
"""What the kernels are compiled for: anything, Armv7E-M."""
ACTIVATIONS = st.sampled_from((0, 1, 3))
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
PADDINGS = st.sampled_from((SAME, VALID))
RANDOM = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
seeds = st.integers(0, 2**31)
zero_points = st.integers(-128, 127)
scales = st.floats(2**-9, 2**-2)
sizes = st.integers(1, 9)
channels = st.integers(1, 13)
taps = st.integers(1, 4)
strides = st.integers(1, 3)
dilations = st.integers(1, 2)


def tight(graph: Graph) -> Plan:
    """One op at exactly its margin, two as close as they go: no byte to spare."""
    if len(graph.nodes) > 1:
        return overlapped_plan(graph, alignment=1)
    source, target = graph.tensors[graph.input], graph.tensors[graph.output]
    distance = margin(graph.nodes[0].op, source.shape, target.shape)
    offsets = max(distance, 0), max(-distance, 0)
    ends = offsets[0] + source.size_bytes, offsets[1] + target.size_bytes
    return Plan((0,), _by_tensor(graph, offsets), max(ends))


def _by_tensor(graph: Graph, offsets: tuple[int, int]) -> tuple[int, ...]:
    places = {graph.input: offsets[0], graph.output: offsets[1]}
    return tuple(places[tensor] for tensor in range(len(graph.tensors)))


def agrees(flat: Flat, source: int, target: int, seed: int) -> None:
    content = flat.content([source], [target])
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 24, seed)
    expected = model.predict(inputs)
    for path in PATHS:
        with tempfile.TemporaryDirectory() as folder:
            flags = ("-O1", *SANITIZERS, *path)
            outputs = run(build(content, Path(folder), *flags, planner=tight), inputs)
        np.testing.assert_array_equal(outputs, expected, err_msg=" ".join(path))


def weights(flat, seed, shape, axis, out_channels, in_scale, *, per_tensor=False):
    """Add filter and bias; the scales bring typical sums into the output's range."""
    rng = np.random.default_rng(seed)
    n_scales = 1 if per_tensor else out_channels
    scale = (rng.uniform(0.2, 1.0, n_scales) * 0.02).astype(np.float32)
    data = rng.integers(-127, 128, shape).astype(np.int8)
    filter_ = flat.tensor(shape, scale=scale, data=data, axis=axis)
    bias_data = rng.integers(-3000, 3000, out_channels).astype(np.int32)
    bias_scale = scale * np.float32(in_scale)
    return filter_, flat.tensor((out_channels,), scale=bias_scale, data=bias_data)


def out(size: int, kernel: int, stride: int, dilation: int, padding: int) -> int:
    if padding == SAME:
        return -(-size // stride)
    return (size - (kernel - 1) * dilation - 1) // stride + 1


@st.composite
def windows(draw):
    """A padding, and for each axis (size, kernel, stride, dilation) that fit together."""
    padding, dilated = draw(PADDINGS), draw(st.booleans())
    axes = []
    for _ in range(2):
        kernel, dilation = draw(taps), draw(dilations) if dilated else 1
        stride = 1 if dilated else draw(strides)
        axes.append((draw(sizes) + (kernel - 1) * dilation, kernel, stride, dilation))
    return padding, *axes


@RANDOM
@given(windows(), channels, channels, ACTIVATIONS, zero_points, zero_points, scales, seeds)
def test_conv(window, c_in, c_out, activation, zp_in, zp_out, scale, seed):
    padding, (h, kh, sh, dh), (w, kw, sw, dw) = window
    flat = Flat()
    source = flat.tensor((1, h, w, c_in), scale=scale, zero_point=zp_in)
    filter_, bias = weights(flat, seed, (c_out, kh, kw, c_in), 0, c_out, scale)
    shape = (1, out(h, kh, sh, dh, padding), out(w, kw, sw, dw, padding), c_out)
    target = flat.tensor(shape, scale=scale * 2.7, zero_point=zp_out)
    options = {"padding": padding, "strideH": sh, "strideW": sw, "dilationHFactor": dh}
    options |= {"dilationWFactor": dw, "fusedActivationFunction": activation}
    flat.op("CONV_2D", (source, filter_, bias), target, "Conv2DOptions", **options)
    agrees(flat, source, target, seed)


@RANDOM
@given(
    windows(), channels, st.integers(1, 3), ACTIVATIONS, zero_points, zero_points, scales, seeds
)
def test_depthwise(window, c_in, multiplier, activation, zp_in, zp_out, scale, seed):
    padding, (h, kh, s, dh), (w, kw, _, dw) = window
    flat, c_out = Flat(), c_in * multiplier
    source = flat.tensor((1, h, w, c_in), scale=scale, zero_point=zp_in)
    filter_, bias = weights(flat, seed, (1, kh, kw, c_out), 3, c_out, scale)
    shape = (1, out(h, kh, s, dh, padding), out(w, kw, s, dw, padding), c_out)
    target = flat.tensor(shape, scale=scale * 1.3, zero_point=zp_out)
    options = {"padding": padding, "strideH": s, "strideW": s, "depthMultiplier": multiplier}
    options |= {"dilationHFactor": dh, "dilationWFactor": dw}
    options |= {"fusedActivationFunction": activation}
    name = "DEPTHWISE_CONV_2D"
    flat.op(name, (source, filter_, bias), target, "DepthwiseConv2DOptions", **options)
    agrees(flat, source, target, seed)


@RANDOM
@given(
    st.integers(1, 200), st.integers(1, 13), st.booleans(), ACTIVATIONS, zero_points, zero_points,
    scales, seeds,
)  # fmt: skip
def test_fully_connected(elements, units, per_tensor, activation, zp_in, zp_out, scale, seed):
    flat = Flat()
    source = flat.tensor((1, elements), scale=scale, zero_point=zp_in)
    single = per_tensor or units == 1
    filter_, bias = weights(flat, seed, (units, elements), 0, units, scale, per_tensor=single)
    target = flat.tensor((1, units), scale=scale * 2.1, zero_point=zp_out)
    options = {"fusedActivationFunction": activation}
    inputs = (source, filter_, bias)
    flat.op("FULLY_CONNECTED", inputs, target, "FullyConnectedOptions", **options)
    agrees(flat, source, target, seed)


@pytest.mark.parametrize("name", ["AVERAGE_POOL_2D", "MAX_POOL_2D"])
@RANDOM
@given(windows(), channels, zero_points, scales, seeds)
def test_pool(name, window, c, zp, scale, seed):
    padding, (h, kh, sh, _), (w, kw, sw, _) = window
    flat = Flat()
    source = flat.tensor((1, h, w, c), scale=scale, zero_point=zp)
    shape = (1, out(h, kh, sh, 1, padding), out(w, kw, sw, 1, padding), c)
    target = flat.tensor(shape, scale=scale, zero_point=zp)
    options = {"padding": padding, "strideH": sh, "strideW": sw, "filterHeight": kh}
    options |= {"filterWidth": kw}
    flat.op(name, (source,), target, "Pool2DOptions", **options)
    agrees(flat, source, target, seed)


@RANDOM
@given(
    st.tuples(st.integers(1, 40), sizes, channels), zero_points, zero_points, scales,
    st.sampled_from([1.0, 0.25, 0.6, 1.7]), seeds,
)  # fmt: skip
def test_mean(dims, zp_in, zp_out, scale, ratio, seed):
    flat = Flat()
    source = flat.tensor((1, *dims), scale=scale, zero_point=zp_in)
    axes = flat.tensor((2,), data=np.array([1, 2], np.int32))
    zp = zp_in if ratio == 1.0 else zp_out
    target = flat.tensor((1, dims[2]), scale=scale * ratio, zero_point=zp)
    flat.op("MEAN", (source, axes), target, "ReducerOptions", keepDims=False)
    agrees(flat, source, target, seed)


@RANDOM
@given(
    st.tuples(sizes, sizes, channels), ACTIVATIONS, zero_points, zero_points, zero_points, scales,
    st.floats(0.3, 3.0), st.floats(0.3, 3.0), seeds,
)  # fmt: skip
def test_add(dims, activation, zp_1, zp_2, zp_out, scale, ratio_2, ratio_out, seed):
    """The addends are the input, and a 1x1 convolution of it."""
    flat, c = Flat(), dims[2]
    source = flat.tensor((1, *dims), scale=scale, zero_point=zp_1)
    filter_, bias = weights(flat, seed, (c, 1, 1, c), 0, c, scale)
    other = flat.tensor((1, *dims), scale=scale * ratio_2, zero_point=zp_2)
    options = {"padding": VALID, "strideH": 1, "strideW": 1}
    flat.op("CONV_2D", (source, filter_, bias), other, "Conv2DOptions", **options)
    target = flat.tensor((1, *dims), scale=scale * ratio_out, zero_point=zp_out)
    activated = {"fusedActivationFunction": activation}
    flat.op("ADD", (source, other), target, "AddOptions", **activated)
    agrees(flat, source, target, seed)


@RANDOM
@given(st.integers(2, 60), zero_points, st.floats(2**-7, 2.0), seeds)
def test_softmax(size, zp, scale, seed):
    flat = Flat()
    source = flat.tensor((1, size), scale=scale, zero_point=zp)
    target = flat.tensor((1, size), scale=1 / 256, zero_point=-128)
    flat.op("SOFTMAX", (source,), target, "SoftmaxOptions", beta=1.0)
    agrees(flat, source, target, seed)
