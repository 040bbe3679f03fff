"""Predicted instructions against whole networks and hops on emulated boards."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nas.cost.compiler import CORES, Compiler
from nas.cost.emulator import COUNTED, Emulated
from nas.cost.instructions import (
    FOLDER,
    decision_instructions,
    hop_instructions,
    hop_spread,
    is_measured,
    load_instructions,
    node_instructions,
    push_instructions,
    source_digest,
    table_name,
)
from nas.cost.measure_instructions import main, measure
from nas.cost.probe_frontend import count_hops, count_pushes
from nas.cost.probe_settings import SEED, designed_settings, random_settings
from nas.cost.work.front_end import FRONT_ENDS
from nas.errors import ConfigError, UnsupportedOpError
from nas.export.model_c import model_sources
from nas.frontend import KINDS, FrontEndSettings, LogMelSettings
from nas.graph.graph import Graph, GraphBuilder, Node
from nas.graph.ops import FullyConnected, Reshape, Softmax
from nas.tflite import read
from tests.cost.emulated import count_model, random_model, require_tools
from tests.random_candidates import networks
from tests.shared import reference_model

ALL = sorted(COUNTED)
FAMILIES = ("conv1d", "ds_cnn", "separable_conv2d")
FROM_THE_SPACE = (
    LogMelSettings(),
    LogMelSettings(sample_rate_hz=8_000, window_ms=30, hop_ms=16, n_mels=32, fmax_hz=3_800),
    LogMelSettings(window_ms=25, hop_ms=25, n_mels=16, fmin_hz=20, fmax_hz=5_500),
)


def predicted(graph, core):
    return sum(node_instructions(graph, node, core) for node in graph.nodes)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("core", ALL)
def test_whole_networks(core, family):
    """Random candidates, none of which is in the fit: 10 % is required, 2 % is held."""
    require_tools(core)
    for index, (_, graph) in enumerate(networks(family, 2, first_seed=900)):
        counts = count_model(random_model(graph, index), core)
        assert predicted(graph, core) == pytest.approx(counts.instructions, rel=0.02)


@pytest.mark.parametrize("core", ["cortex-m4", "rv32imc"])
@pytest.mark.parametrize("name", ["kws", "ad", "ic_resnet", "person_detect"])
def test_published_networks(core, name):
    require_tools(core)
    model = read(reference_model(name))
    labels = [f"c{i}" for i in range(model.graph.tensors[model.graph.output].size_bytes)]
    try:
        sources = model_sources(model, labels=labels, model_digest="0" * 64)
    except UnsupportedOpError as error:
        pytest.skip(f"no C for this network: {error}")
    counts = count_model(sources, core)
    assert predicted(model.graph, core) == pytest.approx(counts.instructions, rel=0.02)


def held_out(kind, count, **changes):
    """Settings of a kind that are not in its fit."""
    rng = np.random.default_rng(SEED + 1)
    drawn = [replace(random_settings(KINDS[kind], rng), **changes) for _ in range(count)]
    assert not set(drawn) & set(designed_settings(KINDS[kind]))
    return drawn


@pytest.mark.parametrize("core", ALL)
@pytest.mark.parametrize("kind", KINDS)
def test_pushes(core, kind):
    """Any settings that the kind accepts: 3 % at most, and other sounds as far as it is said."""
    require_tools(core)
    settings = held_out(kind, 12)
    _, counts = count_pushes(settings, Emulated(core))
    least, most = hop_spread(kind, core)
    for one, count in zip(settings, counts, strict=True):
        assert push_instructions(one, core) == pytest.approx(count.noise, rel=0.03)
        assert min(count.others) >= (1 + least - 0.02) * count.noise
        assert max(count.others) <= (1 + most + 0.02) * count.noise


@pytest.mark.parametrize("core", ALL)
def test_hops_of_the_app(core):
    """Settings of the search space, and one of each kind; none is in the fit."""
    require_tools(core)
    each = [held_out(kind, 1, clip_ms=1_000)[0] for kind in KINDS]
    settings = (*FROM_THE_SPACE, *each)
    for one, count in zip(settings, count_hops(settings, Emulated(core)), strict=True):
        assert hop_instructions(one, core) == pytest.approx(count.hop, rel=0.03)
        odd = one.n_bins % 4 != 0  # a part of the ring may lie on whole words all the same
        assert decision_instructions(one, core) >= 0.95 * count.decision
        assert decision_instructions(one, core) <= (1.15 if odd else 1.05) * count.decision


def test_every_kind_is_counted():
    assert set(FRONT_ENDS) == set(KINDS)


def test_a_kind_that_was_not_counted_is_named():
    class Whisper(FrontEndSettings):
        kind = "whisper"

    with pytest.raises(
        ConfigError, match=r"frontend\.kind whisper: no instruction count; counted"
    ):
        hop_instructions(Whisper(), "cortex-m4")
    with pytest.raises(
        ConfigError, match=r"frontend\.kind whisper: no instruction count; counted"
    ):
        hop_spread("whisper", "cortex-m4")


@pytest.mark.parametrize("core", ALL)
def test_a_table_is_of_the_c_that_is_there(core):
    table = load_instructions(core)
    assert table.core == core
    assert table.sources == source_digest(), "run: python -m nas.cost.measure_instructions"
    rows = [*table.kernels.values(), *table.front_ends.values(), *table.stages.values()]
    assert min(map(min, rows)) >= 0.0
    assert set(table.front_ends) == set(KINDS)
    assert sorted(table.fft) == [64, 128, 256, 512, 1024, 2048]


def test_the_digest_changes_with_the_c(tmp_path):
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels/a.c").write_text("int a;")
    before = source_digest(tmp_path)
    (tmp_path / "kernels/a.c").write_text("int b;")
    assert source_digest(tmp_path) != before


@pytest.mark.slow
@pytest.mark.parametrize("core", ALL)
def test_the_committed_table_is_what_is_measured(core, tmp_path):
    require_tools(core)
    committed = json.loads((FOLDER / f"{core}.json").read_text())
    target = CORES[core]
    found = [Compiler(target.compiler, target, (), tmp_path).version(), Emulated(core).version()]
    wanted = [committed["compiler"], committed["emulator"]]
    if found != wanted:
        pytest.skip(f"other tools: {found}, table: {wanted}")
    assert json.loads(json.dumps(measure(core))) == committed


def test_what_was_counted_and_what_stands_in():
    assert [core for core in ALL if not is_measured(core)] == []
    assert table_name("cortex-m0plus") == "cortex-m0"
    assert table_name("cortex-m55") == "cortex-m4"
    assert table_name("xtensa-lx7") == "rv32imc"
    assert not is_measured("xtensa-lx7")
    assert not is_measured("cortex-m55")
    with pytest.raises(ConfigError, match="no instruction counts for `z80`; known: cortex-m0"):
        table_name("z80")


def test_a_reshape_is_free_and_nothing_else_is():
    builder = GraphBuilder((4, 3, 2))
    flat = builder.add(Reshape((24,)), 0)
    graph = builder.build(builder.add(Softmax(), builder.add(FullyConnected(3), flat)))
    costs = [node_instructions(graph, node, "cortex-m4") for node in graph.nodes]
    assert costs[0] == 0.0
    assert min(costs[1:]) > 100.0


def test_an_op_without_a_count_is_named():
    class Whisper:
        pass

    graph = GraphBuilder((4,)).build(0)
    node = Node("w", Whisper(), (0,), 0)
    with pytest.raises(UnsupportedOpError, match="w: Whisper has no count of instructions"):
        node_instructions(Graph(graph.tensors, (node,), 0, 0), node, "cortex-m4")


def test_an_fft_length_that_was_not_counted_is_refused():
    settings = LogMelSettings(sample_rate_hz=48_000, window_ms=64)
    with pytest.raises(ConfigError, match="n_fft 4096: no instruction count; counted: 64, 128"):
        hop_instructions(settings, "cortex-m4")


def test_a_missing_tool_is_one_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert main(["--core", "cortex-m4", "--out", str(tmp_path)]) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: arm-none-eabi-gcc: not found; install gcc-arm-none-eabi")
    assert len(message.splitlines()) == 1
