"""`nas export MODEL.tflite FOLDER`: whole trees of models that were not searched here."""

import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from nas import config
from nas.cli import main
from nas.commands.export import export_model
from nas.errors import ConfigError, UnsupportedOpError
from nas.export.golden import read_vectors
from nas.export.reference import random_inputs, reference_outputs
from nas.export.run import Int8Model
from nas.files import write_json
from nas.frontend import KINDS
from nas.frontend.fields import learnt_of
from nas.graph.fold import folded
from nas.space import Candidate, read_candidate, write_candidate
from nas.tflite import read
from tests.export.flat import Flat
from tests.export.keras_models import float_ends, of_type, open_batch, two_outputs
from tests.export.toy import toy_model
from tests.shared import reference_model
from tests.tflite.models import every_op
from tests.tflite.writer import write
from tests.tools import require


def given(folder, content, name="model.tflite"):
    path = folder / name
    path.write_bytes(content)
    return path


def made(out, *targets, flags=""):
    """Build the tree with make; return what it prints."""
    make = require("make", package="make")
    require("cc", package="gcc")
    command = [make, "-C", str(out), *targets, *([f"CFLAGS={flags}"] if flags else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


@pytest.mark.parametrize("make", [toy_model, float_ends, open_batch])
def test_a_tree_builds_and_proves_itself(tmp_path, make):
    tree = export_model(given(tmp_path, make()), tmp_path / "out")
    assert "LiteRT" in tree.manifest["test_vectors"]["outputs"]
    assert tree.manifest["frontend"] is None
    assert "verify: 8 vectors of the network equal" in made(tree.path)
    assert not (tree.path / "frontend").exists()
    assert sorted(p.name for p in tree.path.iterdir()) == [
        "Makefile", "README.md", "build", "generated", "include", "kernels", "model.tflite",
        "targets",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "runtime"),
    [("kws", "LiteRT"), ("ad", "LiteRT"), ("ic_resnet", "LiteRT"),
     ("person_detect", "tflite-micro")],
)  # fmt: skip
def test_published_models(tmp_path, name, runtime):
    if runtime == "tflite-micro":
        pytest.importorskip("tflite_micro")
    tree = export_model(reference_model(name), tmp_path / name)
    said = tree.manifest["test_vectors"]
    assert said["outputs"].startswith(runtime)
    assert len(said["refused"]) == (runtime == "tflite-micro")
    made(tree.path, flags="-O2 -Wconversion -Wshadow -Wpedantic")


def test_float_ends_and_shapes_are_tflms_alone(tmp_path):
    tree = export_model(given(tmp_path, float_ends()), tmp_path / "out")
    assert tree.manifest["model"]["input"] == {
        "shape": [12], "scale": pytest.approx(0.05), "zero_point": -3,
    }  # fmt: skip
    assert tree.manifest["tflm"]["op_resolver"] == [
        "AddDequantize", "AddFullyConnected", "AddLogistic", "AddQuantize",
    ]  # fmt: skip
    assert tree.manifest["model"]["kernels"] == [
        "dot_s8", "fully_connected_s8", "lookup_s8", "output_s8",
    ]  # fmt: skip
    shapes = export_model(given(tmp_path, open_batch()), tmp_path / "shapes")
    assert shapes.manifest["tflm"]["op_resolver"] == [
        "AddPack", "AddRelu", "AddReshape", "AddShape", "AddStridedSlice",
    ]  # fmt: skip


NORMALISED = [name for name, kind in KINDS.items() if "channel_gains" in learnt_of(kind.settings)]


def mean_of(settings):
    """A network that takes the features of `settings`: their mean over the frames."""
    flat, quantization = Flat(), settings.quantization
    source = flat.tensor(
        (1, settings.n_frames, settings.n_bins), scale=quantization.scale,
        zero_point=quantization.zero_point,
    )  # fmt: skip
    target = flat.tensor((1, settings.n_bins), scale=quantization.scale, zero_point=0)
    axes = flat.tensor((1,), data=np.array([1], np.int32))
    flat.op("MEAN", (source, axes), target, "ReducerOptions", keepDims=False)
    return flat.content([source], [target])


def listens(folder, settings, frontend, **more):
    """Hold that the exported tree has those settings, and proves itself by swelling noise."""
    model = given(folder, mean_of(settings))
    tree = export_model(model, folder / "out", frontend=frontend, **more)
    assert tree.manifest["frontend"] == settings.to_dict()
    assert tree.manifest["test_vectors"]["count"] == 4
    assert "LiteRT" in tree.manifest["test_vectors"]["outputs"]
    assert "verify: 4 golden vectors equal" in made(tree.path)
    written = read_vectors((tree.path / "generated/test_vectors.c").read_text())
    assert written.samples.shape == (4, settings.heard_length)
    assert len(np.unique(written.features)) > 20


def with_front_end(settings):
    """A small Conv1D, which takes the features of any kind."""
    network = {
        "dense_units": 0, "head": "gap", "residual": False, "stages": 1,
        "stem_kernel": 3, "stem_stride": 1, "stem_width": 8,
        "kernel_1": 3, "separable_1": False, "stride_1": 1, "width_1": 8,
    }  # fmt: skip
    published = read_candidate(config.resolve("search_spaces/candidates", "mlperf_tiny_ds_cnn"))
    training = {**published.training, "spec_augment": "off"}
    return Candidate("conv1d", settings, network, training)


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_front_end_the_tree_listens(tmp_path, kind):
    """The features of a candidate file, of which the network is a mean."""
    candidate = with_front_end(KINDS[kind].settings(clip_ms=500))
    write_candidate(tmp_path / "mine.yaml", candidate)
    listens(tmp_path, candidate.frontend, str(tmp_path / "mine.yaml"))


@pytest.mark.parametrize("kind", NORMALISED)
def test_what_a_winner_s_front_end_learnt_is_in_the_tree(tmp_path, kind):
    plain, rng = KINDS[kind].settings(clip_ms=500), np.random.default_rng(0)
    settings = replace(
        plain,
        normalise="per_channel",
        channel_gains=tuple(rng.integers(2_000, 20_000, plain.n_bins).tolist()),
        channel_offsets=tuple(rng.integers(-2_000, 2_000, plain.n_bins).tolist()),
    )
    study = tmp_path / "results" / "mine"
    result = {"candidate": with_front_end(settings).to_dict(), "labels": ["a", "b"]}
    write_json(study / "winner/result.json", result)
    write_json(study / "study.json", {})
    listens(tmp_path, settings, "mine", results=tmp_path / "results")


@pytest.mark.parametrize("kind", NORMALISED)
def test_a_front_end_that_has_learnt_nothing_is_refused(tmp_path, kind):
    """Its features would not be those that the network was trained on."""
    candidate = with_front_end(KINDS[kind].settings(clip_ms=500, normalise="per_channel"))
    write_candidate(tmp_path / "mine.yaml", candidate)
    model = given(tmp_path, mean_of(candidate.frontend))
    with pytest.raises(ConfigError, match="has learnt nothing; give the study"):
        export_model(model, tmp_path / "out", frontend=str(tmp_path / "mine.yaml"))
    assert not (tmp_path / "out").exists()


def test_normalised_kinds_are_held():
    assert set(NORMALISED) == {"log_mel", "mfcc", "spectrum"}


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (two_outputs(), ConfigError, "1 inputs and 2 outputs; one each is read"),
        (
            of_type(schema.TensorType.INT16),
            ConfigError,
            "is INT16; convert the model to full int8",
        ),
        (of_type(schema.TensorType.FLOAT32), ConfigError, "is FLOAT32; .* representative data"),
        (b"GIF89a", ConfigError, "not a .tflite file"),
    ],
)
def test_what_a_user_may_bring_is_refused_in_one_line(tmp_path, content, error, message):
    with pytest.raises(error, match=message) as caught:
        export_model(given(tmp_path, content), tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_an_unknown_op_is_named_with_its_index_and_output(tmp_path):
    tensors, ops = every_op()
    ops[9].name = "HARD_SWISH"
    with pytest.raises(UnsupportedOpError, match=r"op 9 HARD_SWISH \(layer t19\)"):
        export_model(given(tmp_path, write(tensors, ops)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_says_where_and_who(tmp_path, capsys):
    path, out = given(tmp_path, toy_model()), tmp_path / "out"
    with pytest.raises(SystemExit) as left:
        main(["export", str(path), str(out), "--labels", "a,b,c,d"])
    assert left.value.code == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(out)
    assert "LiteRT" in said.err
    assert json.loads((out / "generated/manifest.json").read_text())["labels"] == list("abcd")
    with pytest.raises(SystemExit) as left:
        main(["export", str(path), str(out)])
    assert left.value.code == 2
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no_such.tflite", "no_such_study"])
def test_nothing_of_that_name(tmp_path, capsys, name):
    with pytest.raises(SystemExit) as left:
        main(["export", str(tmp_path / name), str(tmp_path / "out")])
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("nas: ")


def test_a_runtime_that_dies_is_not_the_end(tmp_path, monkeypatch):
    """Another follows; where all die, our twin stands in and says so."""
    monkeypatch.setattr("nas.export.reference.sys.executable", "/bin/false")
    content = toy_model()
    network = folded(read(content))
    inputs = random_inputs(3, network.graph.tensors[0].size_bytes)
    found = reference_outputs(content, network, inputs)
    assert found.source == "our NumPy twin, no other runtime"
    assert len(found.refused) == 2
    assert (found.outputs == Int8Model(content).predict(inputs)).all()


def test_another_rounding_is_not_taken_for_the_reference(monkeypatch):
    """TFLM rounds the anomaly detector's fully connected ops twice: our C follows LiteRT."""
    pytest.importorskip("tflite_micro")
    monkeypatch.setattr("nas.export.reference.RUNTIMES", ("no runtime", "tflite-micro"))
    content = reference_model("ad").read_bytes()
    network = folded(read(content))
    inputs = random_inputs(8, network.graph.tensors[0].size_bytes)
    found = reference_outputs(content, network, inputs)
    assert found.source == "our NumPy twin, no other runtime"
    assert "rounds FullyConnected otherwise than LiteRT" in found.refused[1]
    assert (found.outputs == Int8Model(content).predict(inputs)).all()
