"""What is written is read back the same, by us and by two runtimes, and is as long as priced."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

import nas.tflite
from nas.cost import constant_bytes
from nas.cost.tflm import model_bytes
from nas.errors import UnsupportedOpError
from nas.export.run import Int8Model
from nas.export.tflite_file import tflite_file
from nas.graph.graph import Graph, Node, Tensor
from nas.graph.quantized import Quantization, QuantizedGraph
from tests.export.random_weights import random_network
from tests.random_candidates import networks
from tests.train.graphs import depthwise, every_op, one_dimensional

FAMILIES = ["conv1d", "ds_cnn", "separable_conv2d"]


def graphs(family: str, n: int, first_seed: int = 700) -> list[Graph]:
    return [graph for _, graph in networks(family, n, first_seed=first_seed)]


@pytest.mark.parametrize("build", [every_op, one_dimensional, depthwise])
def test_a_network_is_read_back_as_it_was_written(build) -> None:
    network = random_network(build())
    read = nas.tflite.read(tflite_file(network))
    assert [n.op for n in read.graph.nodes] == [n.op for n in network.graph.nodes]
    assert [n.inputs for n in read.graph.nodes] == [n.inputs for n in network.graph.nodes]
    assert [t.shape for t in read.graph.tensors] == [t.shape for t in network.graph.tensors]
    assert read.quantization == network.quantization
    for node, again in zip(network.graph.nodes, read.graph.nodes, strict=True):
        if node.name in network.constants:
            one, other = network.constants[node.name], read.constants[again.name]
            np.testing.assert_array_equal(one.weights, other.weights)
            np.testing.assert_array_equal(one.scales, other.scales)
            np.testing.assert_array_equal(one.bias, other.bias)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_price_is_the_length_to_the_byte(family: str) -> None:
    for graph in graphs(family, 40):
        data = tflite_file(random_network(graph))
        assert model_bytes(graph) == len(data)
        assert nas.tflite.constant_bytes(data) == constant_bytes(graph)


@pytest.mark.parametrize("build", [every_op, one_dimensional, depthwise])
def test_every_op_is_priced_to_the_byte(build) -> None:
    graph = build()
    assert model_bytes(graph) == len(tflite_file(random_network(graph)))


def test_names_of_any_alphabet_are_priced() -> None:
    graph = every_op()
    tensors = tuple(Tensor(f"größe_{t.name}", t.shape) for t in graph.tensors)
    nodes = tuple(Node(f"größe_{n.name}", n.op, n.inputs, n.output) for n in graph.nodes)
    renamed = Graph(tensors, nodes, graph.input, graph.output)
    assert model_bytes(renamed) == len(tflite_file(random_network(renamed)))


@pytest.mark.parametrize("build", [every_op, one_dimensional, depthwise])
def test_both_runtimes_take_the_file(build) -> None:
    from tflite_micro.python.tflite_micro import runtime

    graph = build()
    data = tflite_file(random_network(graph))
    shape = (4, *graph.tensors[graph.input].shape)
    clips = np.random.default_rng(1).integers(-128, 128, shape).astype(np.int8)
    micro = runtime.Interpreter.from_bytes(data, arena_size=200_000)
    for clip, expected in zip(clips, Int8Model(data).predict(clips), strict=True):
        micro.set_input(clip[np.newaxis], 0)
        micro.invoke()
        # the reference kernels' average rounds otherwise in TFLM: a step or two of softmax
        np.testing.assert_allclose(micro.get_output(0)[0], expected, atol=4)
    Interpreter(model_content=data).allocate_tensors()


def test_the_names_are_the_graphs() -> None:
    graph = graphs("ds_cnn", 1)[0]
    interpreter = Interpreter(model_content=tflite_file(random_network(graph)))
    names = {detail["name"] for detail in interpreter.get_tensor_details()}
    assert {tensor.name for tensor in graph.tensors} <= names
    assert {"stem/weights", "stem/bias"} <= names


def test_constants_start_at_multiples_of_16() -> None:
    network = random_network(every_op())
    data = tflite_file(network)
    for constants in network.constants.values():
        assert data.index(constants.weights.tobytes()) % 16 == 0


def test_an_op_without_an_entry_is_named() -> None:
    class Odd:
        pass

    graph = Graph((Tensor("a", (4,)), Tensor("b", (4,))), (Node("odd", Odd(), (0,), 1),), 0, 1)
    network = QuantizedGraph(graph, (Quantization(1.0, 0),) * 2, {})
    with pytest.raises(UnsupportedOpError, match="odd: Odd cannot be written"):
        tflite_file(network)
    with pytest.raises(UnsupportedOpError, match="odd: Odd has no record"):
        model_bytes(graph)
