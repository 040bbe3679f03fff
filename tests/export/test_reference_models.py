"""Published models through the emitted C: every output byte, and the published constant bytes."""

import numpy as np
import pytest

from nas.export.model_c import model_sources
from nas.export.run import Int8Model
from nas.tflite import read
from tests.export.compiled import build, random_inputs, run
from tests.shared import reference_model


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kws", "ad", "ic_resnet"])
def test_every_byte_against_litert(name, tmp_path):
    content = reference_model(name).read_bytes()
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 8, seed=1)
    outputs = run(build(content, tmp_path, "-O2"), inputs)
    np.testing.assert_array_equal(outputs, model.predict(inputs))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kws", "ic_resnet", "person_detect"])
def test_every_byte_against_tflite_micro(name, tmp_path):
    """LiteRT refuses person_detect; ad is left out: its fully connected ops round differently."""
    runtime = pytest.importorskip("tflite_micro").runtime
    content = reference_model(name).read_bytes()
    interpreter = runtime.Interpreter.from_bytes(content)
    shape = tuple(interpreter.get_input_details(0)["shape"])
    inputs = random_inputs(shape[1:], 5, seed=2)
    expected = []
    for one in inputs:
        interpreter.set_input(one.reshape(shape), 0)
        interpreter.invoke()
        expected.append(interpreter.get_output(0).reshape(-1).copy())
    outputs = run(build(content, tmp_path, "-O2"), inputs)
    np.testing.assert_array_equal(outputs, np.stack(expected))


@pytest.mark.parametrize(("name", "arena"), [("kws", 9_792), ("ad", 768), ("ic_resnet", 33_312)])
def test_the_arena_is_the_plan_with_overlap(name, arena):
    """Closed forms in tests/graph/test_planner.py."""
    content = reference_model(name).read_bytes()
    model = read(content)
    labels = ["x"] * model.graph.tensors[model.graph.output].size_bytes
    sources = model_sources(model, labels=labels, model_digest="0" * 64)
    assert sources.arena_bytes == arena
    assert f"#define NAS_MODEL_ARENA_BYTES {arena}\n" in sources.model_h


@pytest.mark.parametrize("level", ["-O0", "-Os", "-O2"])
def test_no_warning_at_any_level(level, tmp_path):
    build(reference_model("kws").read_bytes(), tmp_path, level)


def test_clang_agrees(tmp_path):
    content = reference_model("kws").read_bytes()
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 3, seed=3)
    program = build(content, tmp_path, "-O2", command="clang")
    np.testing.assert_array_equal(run(program, inputs), model.predict(inputs))
