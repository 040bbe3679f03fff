import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given

from nas.budget import load_budget
from nas.cost import constant_bytes, macs, price, price_parts
from nas.cost.code import table_name
from nas.errors import ConfigError, UnsupportedOpError
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph, GraphBuilder, Node, Tensor
from nas.graph.ops import MaxPool2D, Reshape
from nas.graph.planner import overlapped_plan, peak_activation_bytes
from tests.cost.fixtures import SIZES, budget, code_sizes, ds_cnn
from tests.graph.graphs import graphs


def test_rom_is_the_sum_of_what_the_firmware_holds():
    cost = price_parts(ds_cnn(), SIZES, budget(), code=code_sizes(), audio_ring_bytes=640)
    weights = 64 * 40 + 4 * 64 * 9 + 4 * 64 * 64 + 12 * 64
    channels = 64 * 9 + 12
    assert {k: v for k, v in cost.parts.items() if k.startswith("rom.")} == {
        "rom.weights": weights,
        "rom.bias": 4 * channels,
        "rom.requantize": 8 * channels,
        "rom.nodes": 8 + 12 * 64,
        "rom.kernels": 500 + 400 + 300 + 200 + 100 + 50,
        "rom.frontend_tables": 1_000,
        "rom.frontend_code": 50,
        "rom.app": 10,
        "rom.classes": 12 * 12 + 10 * 2,
        "rom.toolchain": 5,
    }
    assert cost.rom_bytes == weights + 12 * channels + 776 + 1_550 + 1_065 + 164


def test_ram_is_the_sum_of_what_the_firmware_uses():
    cost = price_parts(ds_cnn(), SIZES, budget(), code=code_sizes(), audio_ring_bytes=640)
    assert {k: v for k, v in cost.parts.items() if k.startswith("ram.")} == {
        "ram.arena": 9_792,  # 8,000 and a diagonal of four times 384 + 64 (tests/graph)
        "ram.scratch": 0,
        "ram.frontend_state": 2_000,
        "ram.audio_ring": 640,
        "ram.feature_ring": 1_961,
        "ram.app": 68 + 2 * 12 + 3 + 4,
        "ram.stack": 48 + 200,  # the front end is deeper than 16 + 16 + 100 of the network
    }
    assert cost.ram_bytes == 9_792 + 2_000 + 640 + 1_961 + 99 + 248


def test_a_kernel_counts_once_and_only_where_it_is_used():
    builder = GraphBuilder((4, 4, 1))
    graph = builder.build(builder.add(MaxPool2D((2, 2), (2, 2)), 0))
    with pytest.raises(ConfigError, match=r"no size of node MaxPool2D; measure the firmware"):
        price_parts(graph, SIZES, budget(), code=code_sizes(), audio_ring_bytes=640)


def test_a_reshape_takes_no_code():
    builder = GraphBuilder((4, 4, 1))
    graph = builder.build(builder.add(Reshape((16,)), 0))
    parts = price_parts(graph, SIZES, budget(), code=code_sizes(), audio_ring_bytes=640).parts
    assert (parts["rom.kernels"], parts["rom.nodes"], parts["ram.arena"]) == (0, 8, 16)


@dataclass(frozen=True)
class Tanh:
    def output(self, *shapes):
        return shapes[0]


@pytest.mark.parametrize("function", [macs, constant_bytes])
def test_an_op_without_a_price_is_named_never_free(function):
    tensors = Tensor("a", (4,)), Tensor("b", (4,))
    graph = Graph(tensors, (Node("squash", Tanh(), (0,), 1),), 0, 1)
    for call in (
        function,
        lambda g: price_parts(g, SIZES, budget(), code=code_sizes(), audio_ring_bytes=640),
    ):
        with pytest.raises(UnsupportedOpError, match=r"squash: Tanh has no .*; these have: Add"):
            call(graph)


def test_an_unknown_core_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match=r"no code sizes for `z80`; known: cortex-m0"):
        table_name("z80")


@pytest.mark.parametrize("name", ["esp32", "esp32c3", "nrf52840", "rp2040"])
def test_the_committed_tables_price_every_op(name):
    @given(graphs())
    def every(graph):
        cost = price(graph, LogMelSettings(), load_budget(name))
        assert cost.rom_bytes == sum(v for k, v in cost.parts.items() if k.startswith("rom."))
        assert cost.ram_bytes == sum(v for k, v in cost.parts.items() if k.startswith("ram."))
        assert cost.arena_bytes == overlapped_plan(graph).arena_bytes
        assert cost.peak_activation_bytes == peak_activation_bytes(graph)
        assert all(value >= 0 for value in cost.parts.values())

    every()


def test_importing_the_prices_brings_no_framework():
    code = (
        "import sys, nas.cost, nas.budget, nas.tflite;"
        "print([m for m in ('tensorflow', 'tf_keras', 'optuna', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
