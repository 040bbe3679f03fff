import json

import pytest

from nas.cost import latency
from nas.cost.cycles_rates import FOLDER, load_rates
from nas.cost.latency import basis, hop_cycles, hops, latency_ms, load, node_cycles
from nas.errors import ConfigError, UnsupportedOpError
from nas.export.tree import decision_frames
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph, GraphBuilder, Node, Tensor
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Reshape,
    Softmax,
)
from tests.cost.fixtures import ds_cnn
from tests.cost.latency_fixtures import LIBRARIES, NETWORKS, board, graph, measured_ms

ARM = ("m0", "m0plus", "m3", "m4", "m4f", "m7", "m33", "m55")
CORES = [f"cortex-{name}" for name in ARM] + ["rv32imc", "rv32imac", "xtensa-lx6", "xtensa-lx7"]
VENDOR = {core: "cmsis-nn" if core.startswith("cortex") else "esp-nn" for core in CORES}


@pytest.fixture
def counted(monkeypatch):
    """1,000 instructions a node, 500 a hop, 300 a decision; remembers the core asked for."""
    asked = []

    def graph_instructions(graph, core):
        asked.append(core)
        return [1_000.0] * len(graph.nodes)

    def hop_instructions(settings, core):
        asked.append(core)
        return 500.0

    def decision_instructions(settings, core):
        asked.append(core)
        return 300.0

    monkeypatch.setattr(latency, "decision_instructions", decision_instructions)
    monkeypatch.setattr(latency, "graph_instructions", graph_instructions)
    monkeypatch.setattr(latency, "hop_instructions", hop_instructions)
    return asked


def every_op():
    builder = GraphBuilder((16, 16, 8))
    tensor = builder.add(Conv2D(8, (3, 3)), 0)
    tensor = builder.add(Add(), tensor, builder.add(DepthwiseConv2D((3, 3)), tensor))
    tensor = builder.add(MaxPool2D((2, 2), (2, 2)), tensor)
    tensor = builder.add(AveragePool2D((2, 2), (2, 2)), tensor)
    tensor = builder.add(Mean(), tensor)
    tensor = builder.add(Reshape((2, 4)), tensor)
    tensor = builder.add(Softmax(), builder.add(FullyConnected(4), tensor))
    return builder.build(tensor)


@pytest.mark.parametrize("target", LIBRARIES)
@pytest.mark.parametrize("network", NETWORKS)
def test_what_silicon_measured_lies_within_the_expected_error(target, network):
    _, core, clock_hz, kernels = LIBRARIES[target]
    budget = board(core, clock_hz, kernels=kernels)
    estimate = latency_ms(graph(network), None, budget)
    assert estimate == pytest.approx(measured_ms(target, network), rel=0.05)
    assert basis(budget).expected_error >= 0.1
    assert not basis(budget).extrapolated


@pytest.mark.parametrize(
    ("core", "clock_hz", "kernels", "published_ms"),
    [
        ("rv32imc", 160e6, "esp-nn", 426.0),  # esp-tflite-micro's README
        ("xtensa-lx7", 240e6, "esp-nn", 54.0),  # the same
    ],
)
def test_published_times_of_person_detect_lie_within_the_expected_error(
    core, clock_hz, kernels, published_ms
):
    budget = board(core, clock_hz, kernels=kernels)
    estimate = latency_ms(graph("person_detect"), None, budget)
    assert basis(budget).extrapolated
    assert estimate == pytest.approx(published_ms, rel=basis(budget).expected_error)


@pytest.mark.parametrize("core", CORES)
def test_each_op_takes_time_on_each_core_with_either_library(core):
    for kernels in ("portable", VENDOR[core]):
        budget = board(core, kernels=kernels)
        assert min(node_cycles(every_op(), budget)) > 0
        said = basis(budget)
        assert said.source
        assert said.note
        assert 0 < said.expected_error < 1


@pytest.mark.parametrize("core", CORES)
def test_portable_kernels_are_never_faster_than_the_vendors_on_a_published_network(core):
    portable = sum(node_cycles(ds_cnn(), board(core, kernels="portable")))
    assert portable > sum(node_cycles(ds_cnn(), board(core, kernels=VENDOR[core])))


def test_a_fully_connected_node_costs_its_call_its_products_and_its_weights():
    builder = GraphBuilder((100,))
    small = builder.build(builder.add(FullyConnected(10), 0))
    rates = json.loads((FOLDER / "cortex-m4.cmsis-nn.json").read_text())["rates"]["FullyConnected"]
    expected = rates["calls"] + 1_000 * (rates["macs"] + rates["weight_bytes"])
    assert node_cycles(small, board()) == pytest.approx((expected,))


def test_our_c_is_instructions_times_cycles_each_and_never_called_measured(counted):
    budget = board("cortex-m4", runtime="c", kernels="portable")
    value = json.loads((FOLDER / "cpi.json").read_text())["cores"]["cortex-m4"]["value"]
    nodes = len(ds_cnn().nodes)
    assert node_cycles(ds_cnn(), budget) == pytest.approx((1_000 * value,) * nodes)
    assert hop_cycles(LogMelSettings(), budget) == pytest.approx(500 * value)
    both = latency_ms(ds_cnn(), LogMelSettings(), budget)
    assert both == pytest.approx((1_000 * nodes + 500 + 300) * value / 64e3)
    assert set(counted) == {"cortex-m4"}


@pytest.mark.parametrize("core", [*CORES, "xtensa-lx106"])
def test_our_c_is_extrapolated_on_every_core(core):
    assert basis(board(core, runtime="c", kernels="portable")).extrapolated


def test_an_esp32_is_priced_by_risc_v_instructions_and_says_so(counted):
    budget = board("xtensa-lx6", 240_000_000, runtime="c", kernels="portable")
    node_cycles(ds_cnn(), budget)
    assert set(counted) == {"rv32imc"}
    assert "RV32 instructions stand in" in basis(budget).source


def test_the_front_end_is_our_c_under_tflm_too(counted):
    c, tflm = (board(runtime=r, kernels=k) for r, k in (("c", "portable"), ("tflm", "cmsis-nn")))
    assert hop_cycles(LogMelSettings(), tflm) == hop_cycles(LogMelSettings(), c) > 0


def test_load_is_all_hops_of_a_decision_and_the_network_over_the_real_period(counted):
    settings, budget = LogMelSettings(hop_ms=20), board(runtime="c", kernels="portable")
    value = json.loads((FOLDER / "cpi.json").read_text())["cores"]["cortex-m4"]["value"]
    nodes = len(ds_cnn().nodes)
    # 250 ms is 12.5 hops of 20 ms: 13 hops, 260 ms.
    expected = (13 * 500 + 300 + nodes * 1_000) * value / (0.260 * 64e6)
    assert load(ds_cnn(), settings, budget) == pytest.approx(expected)


@pytest.mark.parametrize("hop_ms", [1, 3, 7, 10, 16, 20, 25, 30])
@pytest.mark.parametrize("decision_ms", [1, 10, 250, 255, 1_000])
def test_hops_are_those_of_the_exported_firmware(hop_ms, decision_ms):
    settings = LogMelSettings(hop_ms=hop_ms)
    assert hops(settings, decision_ms) == decision_frames(settings, decision_ms)


class Elu:
    """An op that nobody priced."""


def test_an_op_without_a_rate_is_named():
    tensors = (Tensor("in", (4,)), Tensor("out", (4,)))
    strange = Graph(tensors, (Node("act", Elu(), (0,), 1),), 0, 1)
    with pytest.raises(UnsupportedOpError, match=r"act: Elu has no rate of cycles"):
        node_cycles(strange, board())


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (board("avr8"), "no cycles for cmsis-nn on `avr8`"),
        (board("cortex-m4", kernels="esp-nn"), "no cycles for esp-nn on `cortex-m4`"),
        (board(kernels="mkl"), "no cycles for `mkl`"),
        (board(runtime="c"), "the exported C does not link it yet"),
        (board(runtime="onnx"), "runtime: `onnx`"),
        (board("avr8", runtime="c", kernels="portable"), "no cycles per instruction for `avr8`"),
    ],
)
def test_what_cannot_be_priced_is_one_line(budget, words):
    for ask in (basis, lambda each: node_cycles(ds_cnn(), each)):
        with pytest.raises(ConfigError) as error:
            ask(budget)
        assert words in str(error.value)
        assert "\n" not in str(error.value)


def test_a_core_without_a_vendor_library_has_portable_kernels():
    assert min(node_cycles(every_op(), board("xtensa-lx106", kernels="portable"))) > 0


def test_hops_refuse_no_period():
    with pytest.raises(ConfigError, match="at least 1"):
        hops(LogMelSettings(), 0)


def test_scaled_cores_are_the_measured_one_times_their_factor():
    m4, m7 = (load_rates(core, "cmsis-nn").by_op[Conv2D] for core in ("cortex-m4", "cortex-m7"))
    factor = json.loads((FOLDER / "scaled.json").read_text())["cmsis-nn"]["cortex-m7"]["factor"]
    assert m7 == pytest.approx([factor * rate for rate in m4])
