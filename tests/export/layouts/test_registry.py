"""Which targets a tree gets, and that they are the same sources."""

import json
import subprocess

import pytest

from nas.cli.app import main
from nas.commands.export import export_winner
from nas.errors import ConfigError
from nas.export.layouts import LAYOUTS, choose, write_targets
from nas.export.manifest import read_manifest
from nas.export.network_tree import export_network
from tests.export.toy import toy_model

ALWAYS = {"emulated", "host", "qemu-cortex-m", "qemu-riscv"}


def folders(tree):
    return {path.name for path in (tree / "targets").iterdir() if path.is_dir()}


def copy(tree, place):
    subprocess.run(["cp", "-r", str(tree.path), str(place)], check=True)
    return place


def test_all_targets_are_the_default(tree):
    assert set(LAYOUTS) == {
        "arduino", "cmake", "esp-idf", "platformio", "st", "tflm", "zephyr",
    }  # fmt: skip
    assert folders(tree.path) >= set(LAYOUTS) | ALWAYS


def test_only_the_targets_asked_for(tree, tmp_path):
    place = copy(tree, tmp_path / "tree")
    write_targets(place, ["zephyr", "host"])
    assert folders(place) & set(LAYOUTS) == {"zephyr"}
    assert folders(place) >= ALWAYS
    write_targets(place, ["host"])
    assert not folders(place) & set(LAYOUTS)
    write_targets(place)
    assert folders(place) >= set(LAYOUTS)


def test_an_unknown_target_lists_the_known_ones():
    with pytest.raises(ConfigError, match=r"--target esp-idff: no such .*esp-idf.*zephyr.*host"):
        choose(["esp-idff"])


def test_writing_again_gives_the_same_files(tree, tmp_path):
    place = copy(tree, tmp_path / "tree")
    (place / "targets" / "arduino" / "left_over").write_text("older")
    write_targets(place)
    assert contents(place) == contents(tree.path)


def contents(place):
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and "build" not in path.parts
    }


@pytest.mark.parametrize("target", ["arduino", "platformio"])
def test_copied_sources_are_unchanged(tree, target):
    """Each file of `src/` has the bytes of its file in the tree; none is missing."""
    root, library = tree.path, tree.path / "targets" / target / "nas_model" / "src"
    areas = {
        "generated": "",
        "include": "",
        "app": "",
        "kernels": "kernels",
        "frontend": "frontend",
    }
    originals = {
        library / place / path.relative_to(root / area): path
        for area, place in areas.items()
        for path in (root / area).rglob("*.[ch]")
        if not path.stem.startswith("test_vectors") and path.parent.name != "apart"
    }
    copied = {path for path in library.rglob("*") if path.is_file()}
    assert copied == set(originals)
    for path in copied:
        assert path.read_bytes() == originals[path].read_bytes()


def study_of(tree, folder):
    """A study whose winner is the model of `tree`."""
    (folder / "winner").mkdir(parents=True)
    (folder / "winner" / "model.tflite").write_bytes((tree.path / "model.tflite").read_bytes())
    candidate = {"frontend": tree.manifest["frontend"]}
    result = {"candidate": candidate, "labels": tree.manifest["labels"]}
    (folder / "winner" / "result.json").write_text(json.dumps(result))
    (folder / "study.json").write_text("{}")
    copy(tree, folder / "firmware")
    return folder


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_network_alone_has_no_layout(tmp_path, name):
    """Refused by name, in one line; left as it is where nothing is asked for."""
    tree = export_network(tmp_path / "network", model=toy_model())
    before = contents(tree.path)
    with pytest.raises(
        ConfigError, match=f"--target {name}: the tree is a network alone, .*"
    ) as it:
        write_targets(tree.path, [name])
    assert "\n" not in str(it.value)
    for nothing in (None, [], ["host"]):
        write_targets(tree.path, nothing)
    assert contents(tree.path) == before


def test_export_of_a_winner_takes_targets(tree, tmp_path):
    study = study_of(tree, tmp_path / "study")
    export_winner(study, tmp_path / "out", ["cmake"])
    assert folders(tmp_path / "out") & set(LAYOUTS) == {"cmake"}
    assert read_manifest(tmp_path / "out")["model"] == tree.manifest["model"]
    with pytest.raises(ConfigError, match="no such target"):
        export_winner(study, tmp_path / "other", ["make"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "study"]


def test_an_unknown_target_is_a_usage_error(tree, tmp_path, capsys):
    study = study_of(tree, tmp_path / "study")
    out = str(tmp_path / "out")
    with pytest.raises(SystemExit) as left:
        main(["export", str(study), out, "--target", "cmake", "--target", "mbed"])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("nas: --target mbed: no such target; there are arduino, cmake, esp-idf")
    assert told.count("\n") == 1
    with pytest.raises(SystemExit) as left:
        main(["export", str(study), out, "--target", "cmake"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert folders(tmp_path / "out") & set(LAYOUTS) == {"cmake"}
