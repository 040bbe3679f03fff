"""The arena against boards, an emulated core and the runtime itself."""

import re
from pathlib import Path

import pytest

import nas.tflite
from nas.cost.tflm import model_bytes, tflm_arena_parts
from nas.errors import ConfigError, UnsupportedOpError
from nas.export.tflite_file import tflite_file
from nas.graph.graph import Graph, GraphBuilder, Node, Tensor
from nas.graph.ops import Conv2D, FullyConnected, Mean, Op, Shape, Softmax
from tests.export.random_weights import random_network
from tests.random_candidates import networks
from tests.shared import reference_model

PLANNED = {"kws": 16_000, "ad": 768, "ic_resnet": 49_152, "person_detect": 55_296}

PUBLISHED = {
    # ESP32: mcufit-bench; Cortex-M4F: emulated (FACTS)
    "esp-nn": {"kws": 22_780, "ad": 2_380, "ic_resnet": 54_364, "person_detect": 82_300},
    "portable": {"kws": 22_772, "ad": 2_260, "ic_resnet": 54_340, "person_detect": 82_292},
    "cmsis-nn": {"kws": 22_820, "ad": 2_580, "ic_resnet": 54_996, "person_detect": 82_308},
}


def reference(name: str) -> Graph:
    return nas.tflite.read(reference_model(name)).graph


def used(parts: dict[str, int]) -> int:
    """What arena_used_bytes() reports: all but what only planning needs."""
    return sum(parts.values()) - parts["planning"]


def reported(data: bytes, capfd, arena_size: int = 1 << 20) -> dict[str, int]:
    """Return what the runtime prints: total, head (planned) and tail (persistent)."""
    from tflite_micro.python.tflite_micro import runtime

    capfd.readouterr()
    runtime.Interpreter.from_bytes(data, arena_size=arena_size).print_allocations()
    printed = "".join(capfd.readouterr())
    return {k: int(v) for k, v in re.findall(r"Arena allocation (\w+) (\d+) bytes", printed)}


@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.parametrize("kernels", PUBLISHED)
def test_never_below_what_was_measured_and_at_most_1_kb_above(name: str, kernels: str) -> None:
    parts = tflm_arena_parts(reference(name), kernels)
    assert parts["planned"] == PLANNED[name]
    assert 0 <= sum(parts.values()) - PUBLISHED[kernels][name] <= 1_000
    assert 0 <= used(parts) - PUBLISHED[kernels][name] <= 120


@pytest.mark.parametrize("name", PLANNED)
def test_an_esp32_is_explained_to_the_byte(name: str) -> None:
    assert used(tflm_arena_parts(reference(name), "esp-nn")) == PUBLISHED["esp-nn"][name]


@pytest.mark.parametrize("name", PLANNED)
def test_the_wheel_allocates_what_is_priced_with_8_bytes_a_pointer(name: str, capfd) -> None:
    parts = tflm_arena_parts(reference(name), "portable", pointer_bytes=8)
    printed = reported(reference_model(name).read_bytes(), capfd)
    assert parts["planned"] + parts["scratch"] == printed["head"]
    assert 0 <= used(parts) - printed["total"] <= 32
    published = {"kws": 24_000, "ad": 3_424, "ic_resnet": 55_712, "person_detect": 85_024}
    assert sum(parts.values()) >= published[name]


@pytest.mark.parametrize("family", ["conv1d", "ds_cnn", "separable_conv2d"])
def test_the_wheel_plans_random_networks_as_priced(family: str, capfd) -> None:
    for _, graph in networks(family, 20, first_seed=800):
        parts = tflm_arena_parts(graph, "portable", pointer_bytes=8)
        printed = reported(tflite_file(random_network(graph)), capfd)
        assert parts["planned"] + parts["scratch"] == printed["head"]
        assert 0 <= used(parts) - printed["total"] <= 32


MEANS = [
    ((16, 10, 64), Mean((0,))),
    ((16, 10, 64), Mean((1,))),
    ((16, 10, 4), Mean((0, 1), keep_dims=True)),
    ((6, 5, 64), Mean()),
]


@pytest.mark.parametrize(("shape", "op"), MEANS, ids=str)
def test_the_wheel_keeps_a_sum_for_each_element_of_a_mean(shape: Shape, op: Op, capfd) -> None:
    builder = GraphBuilder(shape)
    graph = builder.build(builder.add(op, builder.input))
    parts = tflm_arena_parts(graph, "portable", pointer_bytes=8)
    printed = reported(tflite_file(random_network(graph)), capfd)
    assert parts["planned"] + parts["scratch"] == printed["head"]
    assert 0 <= used(parts) - printed["total"] <= 32


@pytest.mark.parametrize("units", [(7,), (1_000,), (200, 100, 10)], ids=str)
def test_the_wheel_keeps_a_multiplier_for_each_scale_of_a_dense_layer(
    units: tuple[int, ...], tmp_path: Path, capfd
) -> None:
    builder = GraphBuilder((48,))
    tensor = builder.input
    for count in units:
        tensor = builder.add(FullyConnected(count, per_channel=True), tensor)
    graph = builder.build(tensor)
    data = tflite_file(random_network(graph))
    (tmp_path / "dense.tflite").write_bytes(data)
    assert model_bytes(graph) == len(data)
    read = nas.tflite.read(tmp_path / "dense.tflite").graph
    assert [node.op for node in read.nodes] == [node.op for node in graph.nodes]
    parts = tflm_arena_parts(graph, "portable", pointer_bytes=8)
    printed = reported(data, capfd)
    assert parts["planned"] + parts["scratch"] == printed["head"]
    assert printed["tail"] > 2 * 4 * sum(units)
    assert 0 <= used(parts) - printed["total"] <= 32 * len(units)


def test_planning_needs_what_is_priced(capfd) -> None:
    data = reference_model("ad").read_bytes()
    parts = tflm_arena_parts(reference("ad"), "portable", pointer_bytes=8)
    assert parts["planning"] > 0
    total = -(-sum(parts.values()) // 16) * 16
    assert reported(data, capfd, arena_size=total)["head"] == parts["planned"]
    with pytest.raises(RuntimeError):
        reported(data, capfd, arena_size=total - 48)


def test_a_column_of_a_convolution_adds_to_the_plan_with_cmsis_nn() -> None:
    builder = GraphBuilder((32, 32, 16))
    tensor = builder.add(Conv2D(16, (3, 3)), builder.input)
    graph = builder.build(builder.add(Softmax(), tensor))
    # two columns of 3 x 3 x 16 values of two bytes, beside input and output
    assert tflm_arena_parts(graph, "cmsis-nn")["scratch"] == 2 * 2 * 3 * 3 * 16
    assert tflm_arena_parts(graph, "portable")["scratch"] == 0


def test_an_s3_needs_room_for_a_padded_input_and_an_aligned_filter() -> None:
    builder = GraphBuilder((32, 32, 16))
    tensor = builder.add(Conv2D(16, (5, 5)), builder.input)
    graph = builder.build(builder.add(Softmax(), tensor))
    # ESP-NN's general path: (32 + 4)^2 x 16 of input, 5 rows of 80 bytes for each of 16 filters
    least = 36 * 36 * 16 + 80 * 5 * 16 + 64 + 4 * 16
    parts = tflm_arena_parts(graph, "esp-nn", core="xtensa-lx7")
    assert least <= parts["scratch"] <= 1.3 * least
    assert tflm_arena_parts(graph, "esp-nn", core="xtensa-lx6")["scratch"] <= 16 * 32 * 4


def test_what_is_not_known_is_refused() -> None:
    class Odd:
        pass

    graph = Graph((Tensor("a", (4,)), Tensor("b", (4,))), (Node("odd", Odd(), (0,), 1),), 0, 1)
    with pytest.raises(UnsupportedOpError, match="odd: Odd has no"):
        tflm_arena_parts(graph, "portable")
    with pytest.raises(ConfigError, match="`neon` is not known to tflm"):
        tflm_arena_parts(reference_free(), "neon")
    with pytest.raises(ConfigError, match="pointer_bytes: 2"):
        tflm_arena_parts(reference_free(), "portable", pointer_bytes=2)


def reference_free() -> Graph:
    builder = GraphBuilder((4,))
    return builder.build(builder.add(Softmax(), builder.input))
