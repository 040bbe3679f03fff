import json
import re
import subprocess

import numpy as np
import pytest

from nas.errors import CheckError, ConfigError, DataError
from nas.export.tree import decision_frames, export
from nas.frontend import LogMelSettings
from tests.export.toy import SETTINGS, clips, toy_model
from tests.tools import require

ARGUMENTS = {
    "model": toy_model(),
    "settings": SETTINGS,
    "labels": ["a", "b", "c", "d"],
    "golden": clips(2),
    "candidate": None,
    "decision_ms": 100,
}


def test_tree_is_whole(tree):
    present = {str(path.relative_to(tree.path)) for path in tree.path.rglob("*.*")}
    assert {
        "generated/model.c", "generated/model.h", "generated/labels.c",
        "generated/frontend_tables.c", "generated/frontend_tables.h", "generated/decision.h",
        "generated/detector.h", "app/nas.h",
        "generated/manifest.json", "generated/test_vectors.c", "generated/test_vectors.h",
        "model.tflite", "kernels/convolve_s8.c", "frontend/log_mel_push.c", "app/listener.c",
        "include/nas/kernels.h", "targets/host/main.c",
    } <= present  # fmt: skip
    assert (tree.path / "model.tflite").read_bytes() == toy_model()


def test_manifest_says_what_was_exported(tree):
    manifest = json.loads((tree.path / "generated/manifest.json").read_text())
    assert manifest == tree.manifest
    assert manifest["model"]["input"] == {
        "shape": [SETTINGS.n_frames, 16, 1], "scale": 1 / 32, "zero_point": 0,
    }  # fmt: skip
    assert manifest["frontend"] == SETTINGS.to_dict()
    assert manifest["decision"] == {"ms": 200, "frames": 13, "audio_ring_hops": 15}
    assert manifest["tflm"]["op_resolver"] == [
        "AddConv2D", "AddFullyConnected", "AddMean", "AddSoftmax",
    ]  # fmt: skip


def test_make_builds_and_proves_the_tree(built_tree):
    done = subprocess.run(
        [str(built_tree / "build/nas_verify")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "verify: 3 golden vectors equal, byte for byte\n"


def test_verify_names_the_first_difference(tree, tmp_path):
    make = require("make", package="make")
    copy = tmp_path / "tree"
    subprocess.run(["cp", "-r", str(tree.path), str(copy)], check=True)
    vectors = copy / "generated/test_vectors.c"
    text = vectors.read_text()
    found = re.search(r"nas_test_outputs\[3\]\[4\] = \{\s*\{\s*(-?\d+)", text)
    value = int(found[1])
    changed = value + (1 if value < 127 else -1)
    vectors.write_text(text[: found.start(1)] + str(changed) + text[found.end(1) :])
    done = subprocess.run([make, "-C", str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"vector 0: output [0][0] is {value}, expected {changed}" in done.stderr


@pytest.mark.slow
def test_verify_is_clean_under_sanitizers(tree, tmp_path):
    make = require("make", package="make")
    copy = tmp_path / "tree"
    subprocess.run(["cp", "-r", str(tree.path), str(copy)], check=True)
    flags = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
    subprocess.run([make, "-C", str(copy), f"CFLAGS={flags}"], check=True, capture_output=True)


def test_an_older_tree_is_replaced(tmp_path):
    out = tmp_path / "firmware"
    export(out, **ARGUMENTS)
    (out / "left_over.txt").write_text("of the older tree")
    export(out, **{**ARGUMENTS, "decision_ms": 300})
    assert not (out / "left_over.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["firmware"]


def test_what_a_kill_left_is_cleared_up(tmp_path):
    out = tmp_path / "firmware"
    export(out, **ARGUMENTS)
    (tmp_path / ".firmware.abcd1234").mkdir()
    out.replace(tmp_path / ".firmware.abcd1234" / "old")
    with pytest.raises(ConfigError, match="1 labels"):
        export(out, **{**ARGUMENTS, "labels": ["a"]})
    assert (out / "Makefile").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["firmware"]


def test_an_empty_folder_is_used(tmp_path):
    export(tmp_path, **ARGUMENTS)
    assert (tmp_path / "Makefile").is_file()


def test_a_foreign_folder_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError, match="not overwritten"):
        export(tmp_path, **ARGUMENTS)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_failure_leaves_the_older_tree(tmp_path, monkeypatch):
    out = tmp_path / "firmware"
    export(out, **ARGUMENTS)
    before = (out / "generated/manifest.json").read_bytes()

    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("nas.export.tree.write_json", broken)
    with pytest.raises(OSError, match="disk full"):
        export(out, **{**ARGUMENTS, "decision_ms": 300})
    assert (out / "generated/manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["firmware"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": toy_model(input_scale=1 / 16)}, CheckError, "pin the input quantization"),
        ({"settings": LogMelSettings(clip_ms=500, n_mels=16)}, CheckError, "elements"),
        ({"labels": ["a"]}, ConfigError, "1 labels for a model with 4 outputs"),
        ({"golden": clips(2)[:, :-1]}, DataError, "a clip has 8000"),
        ({"golden": clips(2).astype(np.float32)}, DataError, "expected int16"),
        ({"golden": clips(2)[:0]}, DataError, "expected int16"),
        ({"decision_ms": 0}, ConfigError, "at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, change, error, message):
    with pytest.raises(error, match=message):
        export(tmp_path / "firmware", **{**ARGUMENTS, **change})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("decision_ms", "frames"), [(1, 1), (16, 1), (23, 1), (24, 2), (200, 13)])
def test_decisions_fall_on_whole_hops(decision_ms, frames):
    assert decision_frames(SETTINGS, decision_ms) == frames
