"""What the emitter refuses, and the C text of odd values."""

from dataclasses import dataclass

import numpy as np
import pytest

from nas.errors import BuildError, UnsupportedOpError
from nas.export.c_source import Array, comment, string_literal
from nas.export.model_c import model_sources
from nas.export.run import Int8Model
from nas.graph.graph import Graph, GraphBuilder, Node, Tensor
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    FullyConnected,
    Mean,
    Relu,
    Softmax,
)
from nas.graph.quantized import Constants, Quantization, QuantizedGraph


@dataclass(frozen=True)
class Cosine:
    """An op nobody supports."""


def emit(graph, scales, constants=None):
    model = QuantizedGraph(graph, tuple(Quantization(*s) for s in scales), constants or {})
    labels = ["x"] * graph.tensors[graph.output].size_bytes
    return model_sources(model, labels=labels, model_digest="0" * 64)


def test_an_unknown_op_is_named():
    tensors = (Tensor("in", (4,)), Tensor("out", (4,)))
    graph = Graph(tensors, (Node("wave", Cosine(), (0,), 1),), 0, 1)
    with pytest.raises(UnsupportedOpError, match=r"wave: no C kernel for Cosine; there are Add,"):
        emit(graph, [(1.0, 0), (1.0, 0)])


def test_a_pool_must_keep_its_scale():
    builder = GraphBuilder((4, 4, 2))
    graph = builder.build(builder.add(AveragePool2D((2, 2), (2, 2)), builder.input))
    with pytest.raises(UnsupportedOpError, match="must share their scale"):
        emit(graph, [(1.0, 0), (0.5, 0)])


def test_a_softmax_must_have_its_output_scale():
    builder = GraphBuilder((4,))
    graph = builder.build(builder.add(Softmax(), builder.input))
    with pytest.raises(UnsupportedOpError, match="1/256"):
        emit(graph, [(1.0, 0), (0.5, 0)])


def test_a_sum_that_can_overflow_is_refused():
    """70,000 weights of 127 at inputs up to 255: 2.27e9 is above 2^31."""
    builder = GraphBuilder((70_000,))
    graph = builder.build(builder.add(FullyConnected(1), builder.input, name="dense"))
    weights = np.full((1, 70_000), 127, np.int8)
    constants = {"dense": Constants(weights, np.ones(1, np.float32), None)}
    with pytest.raises(UnsupportedOpError, match="dense: its sums of products can pass 32 bits"):
        emit(graph, [(1.0, 0), (1.0, 0)], constants)


def dense(elements, weight):
    """A FullyConnected of one output, all its weights alike, at scale 1."""
    builder = GraphBuilder((elements,))
    graph = builder.build(builder.add(FullyConnected(1), builder.input, name="dense"))
    weights = np.full((1, elements), weight, np.int8)
    return graph, {"dense": Constants(weights, np.ones(1, np.float32), None)}


@pytest.mark.parametrize(("scale", "fits"), [(2.0**-10, True), (2.0**-10 / 1.02, False)])
def test_a_sum_that_its_scale_brings_out_of_range_is_refused(scale, fits):
    """64 x 127 x 255 x 1,024 = 2.12e9 is below 2^31 = 2.15e9, and 2 % more is not."""
    graph, constants = dense(64, 127)
    if fits:
        assert "nas_fully_connected_s8(" in emit(graph, [(1.0, 0), (scale, 0)], constants).model_c
        return
    with pytest.raises(UnsupportedOpError, match=r"dense: sums up to 2072640, scaled by 1\.04e"):
        emit(graph, [(1.0, 0), (scale, 0)], constants)


def test_a_convolution_that_its_scale_brings_out_of_range_is_refused():
    builder = GraphBuilder((4, 4, 8))
    graph = builder.build(builder.add(Conv2D(2, (1, 1)), builder.input, name="conv"))
    scales = np.array([1.0, 2.0**17], np.float32)
    constants = {"conv": Constants(np.full((2, 1, 1, 8), 100, np.int8), scales, None)}
    with pytest.raises(UnsupportedOpError, match=r"conv: sums up to 204000, scaled by 1\.31e"):
        emit(graph, [(1.0, 0), (1.0, 0)], constants)


@pytest.mark.parametrize(("scale", "fits"), [(1.0001, True), (1.0, False)])
def test_an_add_far_above_its_output_is_refused(scale, fits):
    """2 x larger input / output is below 2^20: the kernel has no shift to the left there."""
    builder = GraphBuilder((4, 4, 2))
    twice = builder.add(Add(), builder.input, builder.input, name="sum")
    graph = builder.build(twice)
    if fits:
        emit(graph, [(2.0**19, 0), (scale, 0)])
        return
    with pytest.raises(UnsupportedOpError, match=r"sum: an Add whose .* must be below 2\^19"):
        emit(graph, [(2.0**19, 0), (scale, 0)])


@pytest.mark.parametrize(
    ("op", "shape", "match"),
    [
        (Mean(), (4096, 2048, 1), "over: an average of 8388608 elements; there may be 8388607"),
        (
            AveragePool2D((4096, 2048), (1, 1)),
            (4096, 2049, 1),
            "over: an average of 8388608 elements; there may be 8388607",
        ),
        (Softmax(), (4_096,), "over: a Softmax over 4096 classes; there may be 4095"),
    ],
)
def test_more_elements_than_a_sum_holds_are_refused(op, shape, match):
    builder = GraphBuilder(shape)
    graph = builder.build(builder.add(op, builder.input, name="over"))
    output = (1.0 / 256.0, -128) if isinstance(op, Softmax) else (1.0, 0)
    with pytest.raises(UnsupportedOpError, match=match):
        emit(graph, [(1.0, 0), output])


def test_a_mean_that_its_scale_brings_out_of_range_is_refused():
    """16 x 255 = 4,080, at 2^24 / 16 = 2^20: below 2^32 only."""
    builder = GraphBuilder((4, 4, 2))
    graph = builder.build(builder.add(Mean(), builder.input, name="mean"))
    with pytest.raises(UnsupportedOpError, match=r"mean: sums up to 4080, scaled by 1\.05e"):
        emit(graph, [(2.0**24, 0), (1.0, 0)])


def test_a_bound_that_no_int32_holds_is_refused():
    builder = GraphBuilder((4,))
    graph = builder.build(builder.add(Relu(Activation.RELU6), builder.input, name="relu"))
    with pytest.raises(UnsupportedOpError, match=r"relu: an activation's bound 6\.0"):
        emit(graph, [(1e-40, 0), (1e-40, 0)])


def test_arrays_hold_the_least_int32():
    text = Array("a", "int32_t", np.array([-(1 << 31), 5], np.int32)).definition()
    assert text == "static const int32_t a[2] = {\n    -2147483647 - 1, 5,\n};\n"


def test_long_arrays_are_wrapped():
    text = Array("a", "int8_t", np.full(200, -100, np.int8)).definition()
    assert max(map(len, text.splitlines())) <= 99
    assert text.count("-100") == 200


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("dog", '"dog"'),
        ('a"b\\c', '"a\\042b\\134c"'),
        ("??/", '"\\077\\077/"'),
        ("\n1", '"\\0121"'),
        ("é", '"\\303\\251"'),
    ],
)
def test_string_literals(text, literal):
    assert string_literal(text) == literal


def test_comments_cannot_end_early():
    assert comment("x */ system") == "/* x __ system */"


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x1c\0\0\0TFL3" + bytes(64)])
def test_the_runtime_refuses_what_is_no_model(content):
    with pytest.raises(BuildError, match=r"model\.tflite: the LiteRT interpreter refuses it"):
        Int8Model(content)
