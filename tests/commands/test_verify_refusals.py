"""``nas verify`` on what cannot be proved: one readable line, and the right exit code."""

import json
import shutil

import pytest

from nas.cli import main
from nas.commands.verify import VerifyRequest, verify
from nas.errors import ConfigError
from tests.cost.emulated import require_tools
from tests.tools import require


@pytest.fixture
def copy(tree, tmp_path):
    require("cc", package="gcc")
    shutil.copytree(tree.path, tmp_path / "tree", ignore=shutil.ignore_patterns("build"))
    return tmp_path / "tree"


def refusal(capsys, code, *words):
    """Return the line on stderr of ``nas verify WORDS``, which must leave with `code`."""
    with pytest.raises(SystemExit) as left:
        main(("verify", *map(str, words)))
    assert left.value.code == code
    said = capsys.readouterr()
    (line,) = (line for line in said.err.splitlines() if not line.endswith(" ..."))
    assert (said.out, line[:5]) == ("", "nas: ")
    return line


def verdict(capsys, *words):
    """Return the last line on stdout of a verification that fails."""
    with pytest.raises(SystemExit) as left:
        main(("verify", *map(str, words)))
    assert left.value.code == 1
    return capsys.readouterr().out.splitlines()[-1]


def test_no_tree_and_no_study(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "nothing: no exported firmware tree (no generated/manifest.json in it)" in refusal(
        capsys, 2, "nothing"
    )
    (tmp_path / "results/young").mkdir(parents=True)
    (tmp_path / "results/young/study.json").write_text("{}")
    assert "young: no firmware yet; run its `nas search` again" in refusal(capsys, 2, "young")


def test_a_tree_without_its_manifest(copy, capsys):
    (copy / "generated/manifest.json").unlink()
    assert "no exported firmware tree (no generated/manifest.json" in refusal(capsys, 2, copy)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "another"}'])
def test_a_manifest_that_is_none(copy, capsys, content):
    (copy / "generated/manifest.json").write_text(content)
    assert "no exported firmware tree" in refusal(capsys, 2, copy)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("model", value) for value in (None, {}, 7, "x")),
        *(("frontend", value) for value in (None, {"n_mels": "many"}, 7, "x")),
    ],
)
def test_a_manifest_that_lacks_something(copy, capsys, key, value):
    path = copy / "generated/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    assert "manifest.json" in refusal(capsys, 2, copy, "--target", "host")


@pytest.mark.parametrize(
    "name",
    [
        "model.tflite",
        "kernels/mean_s8.c",
        "generated/model.c",
        "generated/model.h",
        "generated/test_vectors.c",
        "targets/emulated/verify.c",
    ],
)
def test_a_file_that_is_missing_is_named(copy, capsys, name):
    (copy / name).unlink()
    assert f"{name} is missing" in refusal(capsys, 2, copy, "--target", "host")


def test_a_board_that_an_older_tree_lacks(copy, capsys):
    require_tools("xtensa-lx106")
    shutil.rmtree(copy / "targets/qemu-xtensa")
    line = refusal(capsys, 2, copy, "--target", "qemu-xtensa")
    assert "targets/qemu-xtensa/link.ld is missing: damaged, or made by another version" in line


def test_another_model_than_the_tree_s(copy, capsys):
    with (copy / "model.tflite").open("ab") as file:
        file.write(b"\0")
    assert "model.tflite is not the one the tree was made from" in refusal(capsys, 1, copy)


@pytest.mark.parametrize("target", ["host", "qemu-cortex-m3"])
def test_an_edited_weight_is_found(copy, capsys, target):
    """A bias of the last layer: features stay equal, outputs do not."""
    if target != "host":
        require_tools("cortex-m3")
    edit(copy / "generated/model.c", "_bias[4]", by=40_000)
    line = verdict(capsys, copy, "--target", target)
    assert line.startswith(f"{target}: bytes differ: 0 of 1,440 of features, ")
    assert line.endswith(" of 24 of outputs")
    assert " 0 of 24" not in line


def test_an_edited_front_end_is_found(copy, capsys):
    source = copy / "frontend/window.c"
    text = source.read_text()
    assert "rounding) >> shift" in text
    source.write_text(text.replace("rounding) >> shift", "rounding) >> (shift + 1)"))
    line = verdict(capsys, copy, "--target", "host")
    assert line.startswith("host: bytes differ: ")
    assert not line.startswith("host: bytes differ: 0 of")


def edit(source, array, *, by):
    """Add to the first number of the last array of that declaration."""
    text = source.read_text()
    start = text.index("{", text.rindex(array)) + 1
    end = text.index(",", start)
    source.write_text(f"{text[:start]}{int(text[start:end]) + by}{text[end:]}")


def test_source_that_does_not_compile_is_named_by_line(copy, capsys):
    source = copy / "kernels/mean_s8.c"
    source.write_text(source.read_text() + "int broken = nothing;\n")
    line = verdict(capsys, copy, "--target", "host")
    assert line.startswith("host: cc: ")
    assert "mean_s8.c:" in line
    assert "error: " in line


def test_a_cut_file_does_not_link(copy, capsys):
    (copy / "generated/test_vectors.c").write_text('#include "test_vectors.h"\n')
    assert "undefined reference to `nas_test_" in verdict(capsys, copy, "--target", "host")


def test_a_program_that_crashes_is_one_row(copy, capsys):
    require_tools("cortex-m3")
    model = copy / "generated/model.c"
    text = model.read_text()
    crash = "    (void)*(const volatile int32_t *)0xF0000000U;\n"
    head, body = text.split("void nas_model_run(void)\n{\n")
    model.write_text(f"{head}void nas_model_run(void)\n{{\n{crash}{body}")
    line = verdict(capsys, copy, "--target", "qemu-cortex-m3")
    assert line == (
        "qemu-cortex-m3: the golden vectors did not run to their end: exit 3: error: fault"
    )


def test_an_unknown_target_lists_those_there_are(tree, capsys):
    line = refusal(capsys, 2, tree.path, "--target", "qemu-z80")
    assert "--target qemu-z80: known: host, qemu-cortex-m0, " in line
    assert line.endswith("qemu-xtensa, all")


WHERE = {
    "qemu-system-arm": ("qemu-cortex-m4", "qemu-system-arm"),
    "arm-none-eabi-gcc": ("qemu-cortex-m4", "gcc-arm-none-eabi and libnewlib-arm-none-eabi"),
    "qemu-system-riscv32": ("qemu-riscv", "qemu-system-misc"),
    "qemu-system-xtensa": ("qemu-xtensa", "qemu-system-misc"),
    "xtensa-lx106-elf-gcc": ("qemu-xtensa", "gcc-xtensa-lx106 and picolibc-xtensa-lx106-elf"),
    "cc": ("host", "gcc and libc6-dev"),
}


@pytest.mark.parametrize("tool", WHERE)
def test_a_missing_tool_names_its_package(tree, capsys, monkeypatch, tool):
    target, package = WHERE[tool]
    monkeypatch.setattr("shutil.which", lambda name: None if name == tool else f"/usr/bin/{name}")
    monkeypatch.setattr("nas.cost.tools._has_library", lambda core: True)
    line = refusal(capsys, 2, tree.path, "--target", target)
    assert f"{target}: {tool}: not found; install the Debian package" in line
    assert line.endswith(package)


def test_a_missing_c_library_names_its_package(tree, capsys, monkeypatch):
    """The compiler is there, its headers are not: as without libnewlib."""
    require_tools("cortex-m4")
    monkeypatch.setattr("nas.cost.tools.HEADER", "no_such_header.h")
    line = refusal(capsys, 2, tree.path, "--target", "qemu-cortex-m4")
    assert line.endswith("install the Debian package libnewlib-arm-none-eabi")


def test_what_is_not_asked_for_may_be_missing(tree, monkeypatch, capsys):
    require("cc", package="gcc")
    real = shutil.which
    monkeypatch.setattr("shutil.which", lambda name: real(name) if name == "cc" else None)
    found = verify(VerifyRequest(tree=tree.path))
    assert [row.target for row in found.rows] == ["host"]
    assert found.absent["qemu-riscv"].startswith("qemu-system-riscv32: not found; install")
    with pytest.raises(ConfigError, match="qemu-cortex-m0: qemu-system-arm: not found"):
        verify(VerifyRequest(tree=tree.path, targets=["all"]))
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ConfigError, match="no target can be built: cc: not found; install"):
        verify(VerifyRequest(tree=tree.path))
