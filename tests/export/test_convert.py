"""The flatbuffer holds the graph it was trained as, and computes what was trained."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

import nas.tflite
from nas.cost.tflm import model_bytes
from nas.errors import BuildError
from nas.export import convert
from nas.export.convert import to_tflite
from nas.graph.graph import Graph
from nas.graph.quantized import Quantization
from nas.train._keras import keras, tf
from nas.train.build import keras_model
from nas.train.qat import quantized
from tests.train.graphs import depthwise, every_op, one_dimensional

GRAPHS = [every_op, one_dimensional, depthwise]
Bytes = NDArray[np.int8]


def clips(graph: Graph, n: int = 64) -> Bytes:
    shape = (n, *graph.tensors[graph.input].shape)
    return np.random.default_rng(0).integers(-128, 128, shape).astype(np.int8)


def lively(graph: Graph) -> keras.Model:
    """A model whose batch norms and biases are not those of a fresh one."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    model, rng = keras_model(graph), np.random.default_rng(0)
    for weight in model.weights:
        if any(part in weight.name for part in ("gamma", "variance", "beta", "bias")):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    return model


def run(
    flatbuffer: bytes, inputs: Bytes, resolver: OpResolverType = OpResolverType.BUILTIN_REF
) -> Bytes:
    interpreter = Interpreter(model_content=flatbuffer, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    (source,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    rows = []
    for clip in inputs:
        interpreter.set_tensor(source["index"], clip[np.newaxis])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(result["index"])[0])
    return np.array(rows)


@cache
def converted(build: Callable[[], Graph]) -> tuple[Graph, Any, bytes]:
    graph = build()
    model = quantized(lively(graph), graph, clips(graph))
    return graph, model, to_tflite(model, graph)


def run_micro(flatbuffer: bytes, inputs: Bytes) -> Bytes:
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(flatbuffer, arena_size=200_000)
    rows = []
    for clip in inputs:
        interpreter.set_input(clip[np.newaxis], 0)
        interpreter.invoke()
        rows.append(interpreter.get_output(0)[0].copy())
    return np.array(rows)


@pytest.mark.parametrize("build", GRAPHS)
def test_the_graph_read_back_is_the_graph(build: Callable[[], Graph]) -> None:
    graph, _, flatbuffer = converted(build)
    read = nas.tflite.read(flatbuffer)
    assert [node.op for node in read.graph.nodes] == [node.op for node in graph.nodes]
    assert [node.inputs for node in read.graph.nodes] == [node.inputs for node in graph.nodes]
    assert [one.shape for one in read.graph.tensors] == [one.shape for one in graph.tensors]
    assert read.quantization[read.graph.input] == Quantization(1 / 32, 0)
    assert read.quantization[read.graph.output] == Quantization(1 / 256, -128)


@pytest.mark.parametrize("build", GRAPHS)
def test_int8_inference_computes_what_fake_quantization_did(build: Callable[[], Graph]) -> None:
    graph, model, flatbuffer = converted(build)
    inputs = clips(graph, 24)
    trained = tf.nn.softmax(model(inputs / np.float32(32.0))).numpy() * 256 - 128
    # rounding ties and pooling's own rounding move a logit by single steps
    np.testing.assert_allclose(run(flatbuffer, inputs), trained, atol=6)


@pytest.mark.parametrize("build", GRAPHS)
def test_every_runtime_computes_what_it_does_with_the_converters_own_file(
    build: Callable[[], Graph],
) -> None:
    graph, model, flatbuffer = converted(build)
    own, inputs = convert._convert(convert._converter(model)), clips(graph, 12)
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.AUTO):
        np.testing.assert_array_equal(
            run(flatbuffer, inputs, resolver), run(own, inputs, resolver)
        )
    np.testing.assert_array_equal(run_micro(flatbuffer, inputs), run_micro(own, inputs))
    assert len(flatbuffer) < len(own)


@pytest.mark.parametrize("build", GRAPHS)
def test_its_length_was_known_before_training(build: Callable[[], Graph]) -> None:
    graph, _, flatbuffer = converted(build)
    assert len(flatbuffer) == model_bytes(graph)


def test_tensors_have_the_names_of_the_graph() -> None:
    graph, _, flatbuffer = converted(depthwise)
    details = Interpreter(model_content=flatbuffer).get_tensor_details()
    assert [one["name"] for one in details][: len(graph.tensors)] == [
        tensor.name for tensor in graph.tensors
    ]


def test_a_graph_that_is_not_the_models_is_refused() -> None:
    _, model, _ = converted(one_dimensional)
    with pytest.raises(BuildError, match="not the graph's"):
        to_tflite(model, depthwise())


def test_the_same_weights_give_the_same_bytes() -> None:
    graph, model, flatbuffer = converted(one_dimensional)
    assert to_tflite(model, graph) == flatbuffer


def test_what_the_converter_refuses_is_an_error_of_ours() -> None:
    inputs = keras.Input((4,))
    odd = keras.layers.Lambda(lambda value: tf.strings.length(tf.strings.as_string(value)))
    outputs = keras.layers.Lambda(lambda value: tf.cast(value, tf.float32))(odd(inputs))
    with pytest.raises(BuildError, match="TFLite conversion failed"):
        to_tflite(keras.Model(inputs, outputs))
