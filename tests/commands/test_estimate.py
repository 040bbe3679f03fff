"""What is priced, and what the rows of an estimate say. Figures: FACTS, or counted by hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from nas.commands.estimate import Estimate, EstimateRequest, estimate
from nas.commands.memory import memory_by_op
from nas.commands.target import find_target
from nas.cost.macs import MACS
from nas.errors import ConfigError, UnsupportedOpError
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import Add, Conv2D, Reshape, Softmax
from nas.graph.planner import Plan, greedy_plan, peak_activation_bytes
from nas.search import read_records
from nas.space import Candidate, write_candidate
from tests.export.toy import SETTINGS, toy_model
from tests.graph.graphs import graphs
from tests.paths import REPOSITORY
from tests.search.formula import search
from tests.shared import reference_model


def asked(target: object, **changes: Any) -> Estimate:
    given: dict[str, Any] = {"target": str(target), "budget": "esp32", "limits": []}
    return estimate(EstimateRequest(**(given | changes)))


# Published with the models, and the planned part that TFLM reports (FACTS).
@pytest.mark.parametrize(
    ("name", "macs", "constants", "planned", "file_bytes"),
    [
        ("kws", 2_656_768, 24_376, 16_000, 53_936),
        ("ad", 264_192, 270_880, 768, 276_976),
        ("ic_resnet", 12_501_632, 78_752, 49_152, 98_496),
        ("person_detect", 7_157_888, 218_928, 55_296, 300_568),
    ],
)
def test_the_published_models(
    name: str, macs: int, constants: int, planned: int, file_bytes: int
) -> None:
    found = asked(reference_model(name)).to_dict()
    assert (found["macs"], found["constant_bytes"]) == (macs, constants)
    assert (found["planned_bytes"], found["model_bytes"]) == (planned, file_bytes)
    assert found["peak_activation_bytes"] == planned
    assert sum(row["macs"] for row in found["ops"]) == macs
    assert max(row["live_bytes"] for row in found["ops"]) == planned
    assert max(row["arena_bytes"] for row in found["ops"]) <= found["arena_bytes"] <= planned
    assert sum(row["latency_ms"] for row in found["ops"]) == pytest.approx(found["latency_ms"])
    assert found["load"] is None
    assert found["front_end"] is None
    assert not any(found["parts"].get(part) for part in ("ram.frontend_state", "ram.audio_ring"))


def branched() -> Graph:
    """Return 8 bytes, 16 and 16 of two convolutions, their sum, a new shape, a softmax."""
    builder = GraphBuilder((4, 1, 2))
    left = builder.add(Conv2D(4, (1, 1)), builder.input)
    right = builder.add(Conv2D(4, (1, 1)), builder.input)
    total = builder.add(Reshape((16,)), builder.add(Add(), left, right))
    return builder.build(builder.add(Softmax(), total))


def test_bytes_alive_by_hand() -> None:
    graph = branched()
    rows = memory_by_op(graph, greedy_plan(graph))
    assert [row["live_bytes"] for row in rows] == [8 + 16, 8 + 16 + 16, 3 * 16, 16, 16 + 16]
    assert [row["constant_bytes"] for row in rows] == [8 + 16, 8 + 16, 0, 8, 0]
    # TFLM copies a Reshape; nothing else of its plan overlaps.
    assert [row["arena_bytes"] for row in rows] == [24, 40, 48, 16 + 16, 32]


def test_bytes_in_use_count_shared_ones_once() -> None:
    # input 0-8, left 8-24, right over the input's end 4-20, sum in place of left, softmax too
    rows = memory_by_op(branched(), Plan((0, 1, 2, 3, 4), (0, 8, 4, 8, 8, 8), 32))
    assert [row["arena_bytes"] for row in rows] == [24, 24, 20, 16, 16]
    assert [row["live_bytes"] for row in rows] == [24, 40, 48, 16, 32]


def test_rows_follow_the_order_of_execution() -> None:
    rows = memory_by_op(branched(), Plan((1, 0, 2, 3, 4), (0, 32, 16, 48, 48, 64), 80))
    assert [row["name"] for row in rows][:3] == ["conv2d_1", "conv2d_0", "add_2"]
    assert [row["live_bytes"] for row in rows][:3] == [24, 40, 48]


@given(graphs())
def test_the_peak_of_what_is_alive_is_the_lower_bound(graph: Graph) -> None:
    rows = memory_by_op(graph, greedy_plan(graph))
    assert max(row["live_bytes"] for row in rows) == peak_activation_bytes(graph)
    assert all(row["arena_bytes"] <= row["live_bytes"] for row in memory_by_op(graph))


# What an ESP32 and an emulated Cortex-M4 reported (FACTS): arena, and milliseconds of the ESP32.
@pytest.mark.parametrize(
    ("name", "arena", "milliseconds"), [("kws", 22_780, 162.3), ("person_detect", 82_300, 474.2)]
)
def test_the_interpreter_on_silicon(name: str, arena: int, milliseconds: float) -> None:
    found = asked(reference_model(name), runtime="tflm").to_dict()
    assert found["kernels"] == "esp-nn"
    assert 0 <= found["arena_bytes"] - arena <= 1_024
    assert found["latency_ms"] == pytest.approx(milliseconds, rel=0.1)
    assert found["parts"]["rom.model"] == found["model_bytes"]
    rom = sum(size for part, size in found["parts"].items() if part.startswith("rom."))
    assert rom == found["rom_bytes"]
    assert found["latency_basis"]["extrapolated"] is False
    assert asked(reference_model(name)).basis["extrapolated"] is True  # our C ran on none


def test_what_is_over_a_limit(tmp_path: Path) -> None:
    model = reference_model("kws")
    found = asked(model, limits=["macs=2000000", "constant_bytes=24376"])
    assert found.violations == {"macs": pytest.approx(2_656_768 / 2_000_000 - 1)}
    assert not found.fits
    assert asked(model, limits=["macs=2656768"]).fits


def test_a_load_that_the_network_alone_is_over() -> None:
    model = reference_model("kws")
    found = asked(model, limits=["load=0.01"], runtime="tflm")
    share = found.cost.latency_ms / found.budget.decision_ms  # a .tflite has no front end
    assert found.violations == {"load": pytest.approx(share / 0.01 - 1)}
    assert not found.fits
    assert found.unjudged == ()
    loose = asked(model, limits=["load=0.99"], runtime="tflm")
    assert loose.fits
    assert loose.unjudged == ("load",)


def test_a_front_end_for_a_model(tmp_path: Path) -> None:
    model = tmp_path / "toy.tflite"
    model.write_bytes(toy_model())
    file = tmp_path / "toy.yaml"
    write_candidate(file, _candidate(SETTINGS))
    alone, whole = asked(model), asked(model, frontend=str(file))
    assert "does not say its front end" in alone.target.notes[0]
    assert whole.target.notes == ()
    sizes = whole.front_end
    assert sizes is not None
    assert sizes["hop_ms"] == SETTINGS.hop_ms
    parts = whole.cost.parts
    assert parts["ram.frontend_state"] == sizes["state_bytes"]
    assert whole.cost.macs == alone.cost.macs
    with pytest.raises(ConfigError, match=r"makes 49 x 40 features, and .* takes 480"):
        asked(model, frontend="mlperf_tiny_ds_cnn")
    with pytest.raises(ConfigError, match=r"a \.tflite has none"):
        asked(model, frontend=str(model))


def _candidate(settings: LogMelSettings) -> Candidate:
    network = {"stem_width": 8, "stem_kernel": "3x3", "stem_stride": "2x2", "blocks": 1}
    block = {"width_1": 8, "kernel_1": "3x3", "stride_1": "1x1"}
    head = {"residual": False, "head": "gap", "dense_units": 0}
    training = {"learning_rate": 0.001, "batch_size": 32}
    return Candidate("ds_cnn", settings, network | block | head, training)


def test_classes_of_a_candidate(tmp_path: Path) -> None:
    units = [
        asked("mlperf_tiny_ds_cnn", classes=n).target.graph.tensors[-1].shape for n in (None, 12)
    ]
    assert units == [(10,), (12,)]
    assert "10 classes" in asked("mlperf_tiny_ds_cnn").target.notes[0]
    file = tmp_path / "candidate.yaml"
    write_candidate(file, _candidate(SETTINGS))
    (tmp_path / "result.json").write_text(json.dumps({"labels": ["a", "b", "c"]}))
    beside = asked(file)
    assert beside.target.graph.tensors[-1].shape == (3,)
    assert beside.target.notes == ()


def test_trials_are_those_that_optuna_reads(tmp_path: Path) -> None:
    study = tmp_path / "results" / "kitchen"
    search(study, max_trials=6)
    records = [r for r in read_records(study) if r.cost is not None and r.candidate is not None]
    assert len(records) >= 6
    for record in records:
        found = find_target(f"kitchen:{record.number}", results=tmp_path / "results")
        assert record.candidate is not None
        assert record.cost is not None
        assert found.settings == record.candidate.frontend
        assert found.graph.tensors[-1].shape == (7,)
        cost = asked(f"{study}:{record.number}").cost
        assert cost.macs == record.cost.macs  # counted by the search's own formula


def test_a_trial_that_is_not_there_or_being_written(tmp_path: Path) -> None:
    search(tmp_path, max_trials=2)
    journal = tmp_path / "journal.log"
    count = len(read_records(tmp_path))
    with pytest.raises(ConfigError, match=f"no trial {count}; it holds trials 0 to {count - 1}"):
        asked(f"{tmp_path}:{count}")
    with journal.open("a") as file:
        file.write('{"op_code":4,"user_attrs":{')  # torn: half a line
    with pytest.raises(ConfigError, match=f"no trial {count}; it holds"):
        asked(f"{tmp_path}:{count}")
    with journal.open("a") as file:
        file.write("\n")
    with pytest.raises(ConfigError, match=f"trial {count} cannot be read"):
        asked(f"{tmp_path}:{count}")


def test_a_winner_and_a_training(tmp_path: Path) -> None:
    study = tmp_path / "kitchen"
    search(study, max_trials=2)
    with pytest.raises(ConfigError, match="no winner yet; name a trial, as kitchen:0"):
        asked("kitchen", results=tmp_path)
    candidate = _candidate(SETTINGS)
    result = {"candidate": candidate.to_dict(), "labels": ["a", "b", "c", "d"]}
    for folder in (study / "winner", tmp_path / "trained"):
        folder.mkdir()
        (folder / "result.json").write_text(json.dumps(result))
        (folder / "model.tflite").write_bytes(b"0" * 1_234)
    for name, kind in (("kitchen", "winner"), ("trained", "training")):
        found = asked(name, results=tmp_path)
        assert (found.target.kind, found.cost.model_bytes) == (kind, 1_234)
        assert found.target.settings == SETTINGS
        assert found.target.graph.tensors[-1].shape == (4,)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        ({"labels": ["a", "b"]}, "keeps no candidate"),
        (
            {"labels": ["a", "b"], "candidate": {"family": "x", "frontend": []}},
            "keeps no candidate that can be built: front end: found",
        ),
        ({"candidate": {}}, "no list of labels"),
    ],
)
def test_a_damaged_result(tmp_path: Path, kept: dict[str, Any], message: str) -> None:
    (tmp_path / "result.json").write_text(json.dumps(kept))
    with pytest.raises(ConfigError, match=message):
        asked(tmp_path)


def test_options_that_do_not_suit_the_target() -> None:
    with pytest.raises(ConfigError, match="--frontend x: mlperf_tiny_ds_cnn has its own"):
        asked("mlperf_tiny_ds_cnn", frontend="x")
    model = reference_model("kws")
    with pytest.raises(ConfigError, match=r"--classes 3: .*kws\.tflite has its own"):
        asked(model, classes=3)


def test_an_op_without_a_price_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = tmp_path / "toy.tflite"
    model.write_bytes(toy_model())
    monkeypatch.delitem(MACS, Softmax)  # type: ignore[arg-type]
    with pytest.raises(UnsupportedOpError, match=r"toy\.tflite: softmax_3: Softmax has no count"):
        asked(model)


def test_it_needs_no_framework(tmp_path: Path) -> None:
    study = tmp_path / "study"
    search(study, max_trials=2)
    (tmp_path / "toy.tflite").write_bytes(toy_model())
    code = (
        "import sys\n"
        "from nas.cli import main\n"
        "for target in sys.argv[1:]:\n"
        "    try: main(['estimate', target, '--budget', 'esp32', '--json'])\n"
        "    except SystemExit as left: assert left.code in (0, 4), left.code\n"
        "heavy = ('tensorflow', 'tf_keras', 'optuna', 'pandas', 'plotly', 'filelock')\n"
        "assert not [name for name in heavy if name in sys.modules]\n"
    )
    trial = next(r.number for r in read_records(study) if r.cost)
    targets = [str(tmp_path / "toy.tflite"), f"{study}:{trial}", "mlperf_tiny_ds_cnn"]
    command = [sys.executable, "-c", code, *targets]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
