import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from collections import namedtuple
from pathlib import Path

import pytest

from nas import preflight
from tests.paths import REPOSITORY

SCRIPT = REPOSITORY / "nas" / "preflight.py"
Usage = namedtuple("Usage", "total used free")


def run(
    script: Path, *arguments: str, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), *arguments],
        env={"PATH": os.environ["PATH"] if path is None else path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_needs_no_package_and_no_file_beside_it(tmp_path):
    alone = shutil.copy(SCRIPT, tmp_path)
    done = run(Path(alone), str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_empty_path_names_the_compiler_and_its_packages(tmp_path):
    done = run(SCRIPT, str(tmp_path), path=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[1:] == [
        "  - a C compiler named cc: install the Debian packages gcc and libc6-dev "
        "(macOS: xcode-select --install)"
    ]


def test_a_compiler_that_fails_is_quoted(tmp_path):
    fake = tmp_path / "cc"
    fake.write_text("#!/bin/sh\necho 'string.h: No such file' >&2\nexit 1\n")
    fake.chmod(0o755)
    done = run(SCRIPT, str(tmp_path), path=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 2
    assert "string.h: No such file" in done.stderr


def test_everything_missing_is_named_at_once(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(preflight.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(preflight.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(preflight.platform, "machine", lambda: "armv7l")
    monkeypatch.setattr(preflight.shutil, "which", lambda name: None)
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda place: Usage(9, 9, 1_200_000_000))
    assert preflight.main(str(tmp_path)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 6
    for line, words in zip(
        lines[1:], ("3.11 to 3.13", "python3.9-venv", "armv7l", "gcc", "1.2 GB"), strict=True
    ):
        assert words in line


@pytest.mark.parametrize(
    ("version", "fits"),
    [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 9), True), ((3, 14, 0), False)],
)
def test_versions_are_those_of_the_package(monkeypatch, version, fits):
    from packaging.specifiers import SpecifierSet

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert SpecifierSet(project["requires-python"]).contains(".".join(map(str, version))) is fits
    monkeypatch.setattr(preflight.sys, "version_info", version)
    assert (preflight.python() == "") is fits


def test_disk_is_measured_where_it_is_asked(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        preflight.shutil, "disk_usage", lambda place: asked.append(place) or Usage(9, 9, 4e9)
    )
    assert preflight.disk(str(tmp_path)) == ""
    assert asked == [str(tmp_path)]


def test_module_is_found_as_a_file():
    assert importlib.util.find_spec("nas.preflight") is not None
