"""Ops that published models bring, at random configurations, against LiteRT's reference."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nas.errors import UnsupportedOpError
from nas.export.lookup import lookup_table
from nas.graph.fold import folded_graph
from nas.graph.ops import Conv2D, DepthwiseConv2D, Pad, Pads, Relu
from nas.graph.quantized import Quantization
from nas.tflite import read
from tests.export.flat import Flat
from tests.export.test_ops import (
    RANDOM,
    SAME,
    VALID,
    agrees,
    channels,
    out,
    scales,
    seeds,
    sizes,
    weights,
    zero_points,
)

ALL_ACTIVATIONS = st.sampled_from((0, 1, 2, 3))
sides = st.integers(0, 3)


def elementwise(name, shape, quantization, seed, options=None):
    flat, (scale, zero_point) = Flat(), quantization[0]
    source = flat.tensor((1, *shape), scale=scale, zero_point=zero_point)
    target = flat.tensor((1, *shape), scale=quantization[1][0], zero_point=quantization[1][1])
    flat.op(name, (source,), target, options)
    agrees(flat, source, target, seed)


shapes = st.one_of(
    st.tuples(channels), st.tuples(sizes, channels), st.tuples(sizes, sizes, channels)
)


@RANDOM
@given(
    st.sampled_from(("RELU", "RELU6", "RELU_N1_TO_1", "QUANTIZE")), shapes, zero_points,
    zero_points, scales, st.floats(0.05, 20.0), seeds,
)  # fmt: skip
def test_activations_and_other_scales(name, shape, zp_in, zp_out, scale, ratio, seed):
    options = "QuantizeOptions" if name == "QUANTIZE" else None
    elementwise(name, shape, ((scale, zp_in), (scale * ratio, zp_out)), seed, options)


@RANDOM
@given(shapes, zero_points, st.floats(2**-10, 4.0), seeds)
def test_logistic(shape, zp_in, scale, seed):
    elementwise("LOGISTIC", shape, ((scale, zp_in), (1 / 256, -128)), seed)


@pytest.mark.parametrize("zero_point", [-128, -5, 127])
@pytest.mark.parametrize("scale", [2**-9, 0.0471, 0.4, 3.0])
def test_every_byte_of_a_logistic(scale, zero_point):
    """256 inputs in a row: random ones do not hit each."""
    flat = Flat()
    source = flat.tensor((1, 256), scale=scale, zero_point=zero_point)
    target = flat.tensor((1, 256), scale=1 / 256, zero_point=-128)
    flat.op("LOGISTIC", (source,), target)
    from nas.export.run import Int8Model

    every = np.arange(-128, 128).astype(np.int8)
    model = read(flat.content([source], [target]))
    expected = Int8Model(flat.content([source], [target])).predict(every[None])[0]
    found = lookup_table(model.graph.nodes[0].op, *model.quantization)
    np.testing.assert_array_equal(found, expected)


@RANDOM
@given(
    st.tuples(sizes, sizes, channels), st.tuples(sides, sides), st.tuples(sides, sides),
    st.tuples(sides, sides), st.integers(1, 3), zero_points, scales, seeds,
)  # fmt: skip
def test_pad(shape, rows, columns, depth, rank, zero_point, scale, seed):
    """At the least distance its margin allows; of one, two and three axes."""
    flat = Flat()
    source = flat.tensor((1, *shape[-rank:]), scale=scale, zero_point=zero_point)
    around = (rows, columns, depth)[-rank:]
    grown = [size + sum(pair) for size, pair in zip(shape[-rank:], around, strict=True)]
    table = flat.tensor((rank + 1, 2), data=np.array([(0, 0), *around], np.int32))
    target = flat.tensor((1, *grown), scale=scale, zero_point=zero_point)
    flat.op("PAD", (source, table), target, "PadOptions")
    agrees(flat, source, target, seed)


@RANDOM
@given(
    st.booleans(), st.tuples(sizes, sizes, channels), st.tuples(sides, sides),
    st.tuples(sides, sides), st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(1, 3), zero_points, zero_points, scales, seeds,
)  # fmt: skip
def test_pad_before_a_convolution(
    depthwise, shape, rows, columns, kernel, stride, zp_in, zp_out, scale, seed
):  # fmt: skip
    """Folded where a window always holds an element, its own kernel elsewhere: the same bytes."""
    (h, w, c), flat = shape, Flat()
    grown = h + sum(rows), w + sum(columns)
    assume(grown[0] >= kernel[0] and grown[1] >= kernel[1])
    source = flat.tensor((1, h, w, c), scale=scale, zero_point=zp_in)
    table = flat.tensor((4, 2), data=np.array([(0, 0), rows, columns, (0, 0)], np.int32))
    padded = flat.tensor((1, *grown, c), scale=scale, zero_point=zp_in)
    flat.op("PAD", (source, table), padded, "PadOptions")
    dims = (1, *kernel, c) if depthwise else (4, *kernel, c)
    outputs = c if depthwise else 4
    filter_, bias = weights(flat, seed, dims, 3 if depthwise else 0, outputs, scale)
    made = [out(grown[a], kernel[a], stride, 1, VALID) for a in (0, 1)]
    target = flat.tensor((1, *made, outputs), scale=scale * 2.7, zero_point=zp_out)
    options = {"padding": VALID, "strideH": stride, "strideW": stride}
    kind, name = ("DepthwiseConv2DOptions", "DEPTHWISE_CONV_2D")
    if depthwise:
        options["depthMultiplier"] = 1
    else:
        kind, name = ("Conv2DOptions", "CONV_2D")
    flat.op(name, (padded, filter_, bias), target, kind, **options)
    agrees(flat, source, target, seed)
    found = folded_graph(read(flat.content([source], [target])).graph)
    fits = max(rows) < kernel[0] and max(columns) < kernel[1]
    assert len(found.nodes) == (1 if fits else 2)
    if fits:
        assert isinstance(found.nodes[0].op, DepthwiseConv2D if depthwise else Conv2D)
        assert found.nodes[0].op.padding == Pads(rows, columns)


@RANDOM
@given(
    st.tuples(sizes, sizes, channels), st.sampled_from(((1,), (2,), (1, 2), (-2,), (2, 1))),
    st.booleans(), zero_points, zero_points, scales, st.sampled_from([1.0, 0.25, 0.6, 1.7]), seeds,
)  # fmt: skip
def test_mean(shape, axes, keep, zp_in, zp_out, scale, ratio, seed):
    flat, gone = Flat(), {axis % 4 for axis in axes}
    source = flat.tensor((1, *shape), scale=scale, zero_point=zp_in)
    full = (1, *shape)
    kept = [1 if i in gone else size for i, size in enumerate(full) if keep or i not in gone]
    table = flat.tensor((len(axes),), data=np.array(axes, np.int32))
    zp = zp_in if ratio == 1.0 else zp_out
    target = flat.tensor(kept, scale=scale * ratio, zero_point=zp)
    flat.op("MEAN", (source, table), target, "ReducerOptions", keepDims=keep)
    agrees(flat, source, target, seed)


@RANDOM
@given(st.tuples(sizes, channels), st.booleans(), zero_points, zero_points, scales, seeds)
def test_mean_over_time(shape, keep, zp_in, zp_out, scale, seed):
    flat = Flat()
    source = flat.tensor((1, *shape), scale=scale, zero_point=zp_in)
    table = flat.tensor((1,), data=np.array([1], np.int32))
    kept = (1, 1, shape[1]) if keep else (1, shape[1])
    target = flat.tensor(kept, scale=scale * 0.7, zero_point=zp_out)
    flat.op("MEAN", (source, table), target, "ReducerOptions", keepDims=keep)
    agrees(flat, source, target, seed)


@RANDOM
@given(
    st.sampled_from(("AVERAGE_POOL_2D", "MAX_POOL_2D")), st.tuples(sizes, sizes, channels),
    ALL_ACTIVATIONS, zero_points, scales, seeds,
)  # fmt: skip
def test_pooling_with_an_activation(name, shape, activation, zero_point, scale, seed):
    flat, (h, w, c) = Flat(), shape
    source = flat.tensor((1, h, w, c), scale=scale, zero_point=zero_point)
    target = flat.tensor((1, -(-h // 2), -(-w // 2), c), scale=scale, zero_point=zero_point)
    options = {"padding": SAME, "strideH": 2, "strideW": 2, "filterHeight": 3, "filterWidth": 2}
    options["fusedActivationFunction"] = activation
    flat.op(name, (source,), target, "Pool2DOptions", **options)
    agrees(flat, source, target, seed)


@RANDOM
@given(
    st.integers(1, 40), st.integers(1, 9), st.booleans(), ALL_ACTIVATIONS, zero_points,
    zero_points, scales, seeds,
)  # fmt: skip
def test_fully_connected(n, units, per_tensor, activation, zp_in, zp_out, scale, seed):
    flat = Flat()
    source = flat.tensor((1, n), scale=scale, zero_point=zp_in)
    made = weights(flat, seed, (units, n), 0, units, scale, per_tensor=per_tensor)
    target = flat.tensor((1, units), scale=scale * 2.7, zero_point=zp_out)
    activated = {"fusedActivationFunction": activation}
    flat.op("FULLY_CONNECTED", (source, *made), target, "FullyConnectedOptions", **activated)
    agrees(flat, source, target, seed)


@RANDOM
@given(st.tuples(sizes, channels), zero_points, zero_points, scales, st.integers(1, 3), seeds)
def test_a_conv1d_as_keras_converts_it(shape, zp_in, zp_out, scale, kernel, seed):
    """EXPAND_DIMS, CONV_2D with RELU_N1_TO_1, SQUEEZE."""
    flat, (t, c) = Flat(), shape
    source = flat.tensor((1, t, c), scale=scale, zero_point=zp_in)
    axis = flat.tensor((1,), data=np.array([1], np.int32))
    image = flat.tensor((1, 1, t, c), scale=scale, zero_point=zp_in)
    flat.op("EXPAND_DIMS", (source, axis), image, "ExpandDimsOptions")
    made = weights(flat, seed, (4, 1, kernel, c), 0, 4, scale)
    maps = flat.tensor((1, 1, t, 4), scale=scale, zero_point=zp_out)
    options = {"padding": SAME, "strideH": 1, "strideW": 1, "fusedActivationFunction": 2}
    flat.op("CONV_2D", (image, *made), maps, "Conv2DOptions", **options)
    target = flat.tensor((1, t, 4), scale=scale, zero_point=zp_out)
    flat.op("SQUEEZE", (maps,), target, "SqueezeOptions", squeezeDims=[1])
    agrees(flat, source, target, seed)


def test_a_scale_beyond_reason_is_refused():
    from nas.export.model_c import model_sources

    flat = Flat()
    source = flat.tensor((1, 4), scale=1e6, zero_point=0)
    target = flat.tensor((1, 4), scale=1e-3, zero_point=0)
    flat.op("RELU", (source,), target)
    model = read(flat.content([source], [target]))
    with pytest.raises(UnsupportedOpError, match="relu_0: input scale"):
        model_sources(model, labels=["x"] * 4, model_digest="0" * 64)


def test_a_pad_that_two_read_stays():
    """Its output is also the sum's: nothing may be folded away."""
    flat = Flat()
    source = flat.tensor((1, 4, 4, 2), scale=0.1, zero_point=3)
    table = flat.tensor((4, 2), data=np.array([(0, 0), (1, 1), (1, 1), (0, 0)], np.int32))
    padded = flat.tensor((1, 6, 6, 2), scale=0.1, zero_point=3)
    flat.op("PAD", (source, table), padded, "PadOptions")
    made = weights(flat, 3, (2, 1, 1, 2), 0, 2, 0.1)
    maps = flat.tensor((1, 6, 6, 2), scale=0.2, zero_point=1)
    flat.op("CONV_2D", (padded, *made), maps, "Conv2DOptions", padding=VALID, strideH=1, strideW=1)
    target = flat.tensor((1, 6, 6, 2), scale=0.3, zero_point=-1)
    flat.op("ADD", (padded, maps), target, "AddOptions")
    graph = folded_graph(read(flat.content([source], [target])).graph)
    assert isinstance(graph.nodes[0].op, Pad)
    agrees(flat, source, target, 5)


def test_relu_clamps_at_its_zero_point():
    table = lookup_table(Relu(), Quantization(0.1, 0), Quantization(0.1, -128))
    assert table[:128].tolist() == [-128] * 128
    assert table[128:].tolist() == list(range(-128, 0))
