"""`nas export STUDY FOLDER`: the tree of any version's winner, of this version's sources."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from nas import config
from nas.cli import main
from nas.commands.export import export_winner
from nas.commands.run import RunRequest, run
from nas.commands.verify import VerifyRequest, verify
from nas.detector import Detection
from nas.errors import CheckError, ConfigError
from nas.export.golden import read_vectors
from nas.export.run import Int8Model
from nas.export.tree import export
from nas.files import write_json
from nas.frontend import FrontEndSettings, LogMelSettings, reference
from nas.frontend.kinds.micro import MicroSettings
from tests.export.toy import SETTINGS, clips, toy_model
from tests.tools import require

LABELS = ["yes", "no", "up", "silence"]
MICRO = MicroSettings(clip_ms=500, window_ms=32, hop_ms=16, n_channels=16)
TUNED = {
    "source": "validation",
    "rule": "by hand",
    "thresholds": [
        {"label": label, "threshold": 40 + index, "probability": 0.7}
        for index, label in enumerate(LABELS)
    ],
    "window": 3,
    "refractory_ms": 700,
}
OLD_MANIFEST = {
    "format": "nas firmware tree 1",
    "generator": "nas 0.1.0",
    "model": {"kernels": ["convolve_s8", "mean_s8"]},
    "tflm": {"op_resolver": ["AddConv2D"], "planned_arena_bytes": 1},
    "labels": LABELS,
    "frontend": {"clip_ms": 500, "window_ms": 32, "hop_ms": 16, "n_mels": 16},
    "decision": {"ms": 200, "frames": 13},
    "candidate": {"family": "toy"},
}
"""As 0.1.0 wrote it: no kind of front end, no events, nothing of the vectors."""


def kept(folder: Path, settings: FrontEndSettings = SETTINGS, **more: object) -> Path:
    """Write study.json and winner/, as a search leaves them."""
    model = toy_model(settings=settings)
    (folder / "winner").mkdir(parents=True)
    (folder / "winner/model.tflite").write_bytes(model)
    (folder / "study.json").write_text("{}")
    candidate = {"family": "toy", "frontend": settings.to_dict()}
    write_json(
        folder / "winner/result.json",
        {"candidate": candidate, "labels": LABELS, "trial": 7, **more},
    )
    return folder


def a_study(folder: Path, settings: FrontEndSettings = SETTINGS) -> Path:
    """A study of this version."""
    kept(folder, settings, detection=TUNED)
    result = json.loads((folder / "winner/result.json").read_text())
    export(
        folder / "firmware",
        model=(folder / "winner/model.tflite").read_bytes(),
        settings=settings,
        labels=LABELS,
        golden=clips(3, length=settings.heard_length),
        candidate=result["candidate"],
        decision_ms=200,
        audio_ring_hops=7,
        detection=Detection.from_dict(TUNED),
    )
    return folder


def an_old_study(folder: Path, samples: np.ndarray | None = None) -> Path:
    """A study of 0.1.0: what is read of its tree is written here, the rest is no C at all."""
    kept(folder)
    model = (folder / "winner/model.tflite").read_bytes()
    tree = folder / "firmware"
    for name in ("app/listener.c", "kernels/convolve_s8.c", "include/nas/kernels.h", "Makefile"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("of 0.1.0")
    (tree / "model.tflite").write_bytes(model)
    record = json.loads(json.dumps(OLD_MANIFEST))
    record["model"]["sha256"] = hashlib.sha256(model).hexdigest()
    write_json(tree / "generated/manifest.json", record)
    heard = clips(3) if samples is None else samples
    features = reference.features(clips(3), SETTINGS)
    outputs = Int8Model(model).predict(features)
    (tree / "generated/test_vectors.c").write_text(old_vectors(heard, features, outputs))
    return folder


def old_vectors(*arrays: np.ndarray) -> str:
    """The text of 0.1.0, with another wrapping of lines."""
    names = ("int16_t nas_test_samples", "int8_t nas_test_features", "int8_t nas_test_outputs")
    texts = []
    for name, array in zip(names, arrays, strict=True):
        rows = array.reshape(len(array), -1)
        body = "".join("{\n" + ", ".join(map(str, row)) + ",\n},\n" for row in rows.tolist())
        texts.append(f"const {name}[{len(rows)}][{rows.shape[1]}] = {{\n{body}}};\n")
    return '#include "test_vectors.h"\n\n' + "\n".join(texts)


def contents(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and "build" not in path.parts
    }


def proved(tree: Path) -> str:
    make = require("make", package="make")
    require("cc", package="gcc")
    done = subprocess.run([make, "-C", str(tree)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("settings", [SETTINGS, MICRO], ids=["log_mel", "micro"])
def test_a_study_of_this_version_gives_its_own_tree(tmp_path, settings):
    study = a_study(tmp_path / "study", settings)
    made = export_winner(study, tmp_path / "out")
    found = contents(tmp_path / "out")
    assert found == contents(study / "firmware")
    assert made.manifest["detection"]["window"] == TUNED["window"]
    assert b"NAS_DETECTOR_THRESHOLDS {40, 41, 42, 43}" in found["generated/detector.h"]


def test_a_study_of_an_older_version_gets_todays_tree(tmp_path):
    """No file of the old tree is left in it, and it proves the old tree's clips."""
    study = an_old_study(tmp_path / "study")
    before = contents(study)
    made = export_winner(study, tmp_path / "out")
    found = contents(tmp_path / "out")
    assert not [name for name, content in found.items() if content == b"of 0.1.0"]
    firmware = config.resource_dir("firmware")
    for name in ("app/listener.c", "app/nas.h", "nas_sources.cmake", "ports/README.md"):
        assert found[name] == (firmware / name).read_bytes()
    assert "generated/detector.h" in found
    assert made.manifest["decision"] == {"frames": 13, "ms": 200, "audio_ring_hops": 13 + 2}
    assert made.manifest["detection"]["source"] == "default"
    assert made.manifest["frontend"] == SETTINGS.to_dict()
    assert (read_vectors(found["generated/test_vectors.c"].decode()).samples == clips(3)).all()
    assert "verify: 3 golden vectors equal, byte for byte" in proved(tmp_path / "out")
    assert verify(VerifyRequest(tree=tmp_path / "out", targets=["host"])).ok
    assert contents(study) == before


def test_the_old_tree_itself_is_refused_with_a_way_on(tmp_path):
    """What verify and run advise is what the test above does."""
    study = an_old_study(tmp_path / "study")
    for clips_too in (False, True):
        with pytest.raises(ConfigError, match="earlier nas, without events; `nas export` its st"):
            run(RunRequest(target=study, inputs=(study,), clips=clips_too), print)
    with pytest.raises(ConfigError, match="by another version; `nas export` its study or"):
        verify(VerifyRequest(tree=study, targets=["host"]))


def test_clips_without_their_run_in_are_not_enough(tmp_path):
    """0.1.0 had no run-in; a front end that has a state would start cold."""
    study = a_study(tmp_path / "study", MICRO)
    golden = read_vectors((study / "firmware/generated/test_vectors.c").read_text())
    cold = golden.samples[:, -MICRO.clip_length :]
    text = old_vectors(cold, golden.features, golden.outputs)
    (study / "firmware/generated/test_vectors.c").write_text(text)
    with pytest.raises(ConfigError, match=r"of 8000 samples, without the run-in .* again to the"):
        export_winner(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_front_end_that_computes_otherwise_is_not_passed_over(tmp_path):
    study = an_old_study(tmp_path / "study", clips(3, seed=1))
    with pytest.raises(CheckError, match=r"computes other features .* search anew"):
        export_winner(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


MISSING = {
    "winner/result.json": "cannot be read: No such file",
    "winner/model.tflite": "not of the winner",
    "firmware/generated/manifest.json": "no exported firmware tree",
    "firmware/generated/test_vectors.c": "golden clips cannot be read .No such file",
}


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("make", [a_study, an_old_study])
def test_what_is_missing_is_named(tmp_path, name, make):
    study = make(tmp_path / "study")
    (study / name).unlink()
    with pytest.raises(ConfigError, match=MISSING[name]) as caught:
        export_winner(study, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study"]


@pytest.mark.parametrize("key", ["candidate", "labels"])
@pytest.mark.parametrize("value", [None, 7, {}, "x"])
def test_a_damaged_result_is_one_line(tmp_path, key, value):
    study = a_study(tmp_path / "study")
    path = study / "winner/result.json"
    write_json(path, json.loads(path.read_text()) | {key: value})
    with pytest.raises(ConfigError) as caught:
        export_winner(study, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study"]


@pytest.mark.parametrize(
    "cut", [0, 200, 100_000], ids=["empty", "in the samples", "in the samples too"]
)
def test_cut_vectors_are_one_line(tmp_path, cut):
    study = a_study(tmp_path / "study")
    path = study / "firmware/generated/test_vectors.c"
    path.write_text(path.read_text()[:cut])
    with pytest.raises(ConfigError, match=r"golden clips cannot be read .no whole nas_test_sam"):
        export_winner(study, tmp_path / "out")


@pytest.mark.parametrize("inside", ["firmware/sub", "firmware/deep/er", "firmware", "link/sub"])
def test_a_tree_does_not_go_into_itself(tmp_path, inside, capsys):
    study = a_study(tmp_path / "study")
    (study / "link").symlink_to(study / "firmware")
    before = contents(study)
    with pytest.raises(SystemExit) as left:
        main(["export", str(study), str(study / inside)])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "lies inside" in said
    assert said.count("\n") == 1
    assert contents(study) == before


def test_an_empty_folder_is_taken_and_a_used_one_is_not(tmp_path):
    study, out = a_study(tmp_path / "study"), tmp_path / "out"
    out.mkdir()
    export_winner(study, out, ["host"])
    shutil.rmtree(out / "generated")
    with pytest.raises(ConfigError, match="is there already"):
        export_winner(study, out)
    assert not (out / "generated").exists()


def test_learnt_values_come_from_the_winner(tmp_path):
    rng = np.random.default_rng(0)
    settings = LogMelSettings(
        **{key: value for key, value in SETTINGS.to_dict().items() if key != "kind"},
        normalise="per_channel",
        channel_gains=tuple(rng.integers(2_000, 20_000, 16).tolist()),
        channel_offsets=tuple(rng.integers(-2_000, 2_000, 16).tolist()),
    )
    made = export_winner(a_study(tmp_path / "study", settings), tmp_path / "out")
    assert made.manifest["frontend"]["channel_gains"] == list(settings.channel_gains)
    assert "verify: 3 golden vectors equal" in proved(tmp_path / "out")
