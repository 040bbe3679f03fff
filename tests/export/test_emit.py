"""What the emitter refuses, and the C text of odd values."""

from dataclasses import dataclass

import numpy as np
import pytest

from nas.errors import BuildError, UnsupportedOpError
from nas.export.c_source import Array, comment, string_literal
from nas.export.model_c import model_sources
from nas.export.run import Int8Model
from nas.graph.graph import Graph, GraphBuilder, Node, Tensor
from nas.graph.ops import AveragePool2D, FullyConnected, Softmax
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
