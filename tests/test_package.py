"""The package as it is declared: bounds, lock, imports, addresses, documents."""

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import REPOSITORY

# Distribution that provides a module, where the names differ.
PROVIDED_BY = {"PIL": "pillow", "ruamel": "ruamel.yaml", "sklearn": "scikit-learn"}


@cache
def project():
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def requirements(*, test):
    wanted = project()["dependencies"]
    extra = project()["optional-dependencies"]["test"] if test else []
    return {canonicalize_name(r.name): r for r in map(Requirement, wanted + extra)}


@cache
def locked():
    lines = (REPOSITORY / "lock.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all(len(pin.specifier) == 1 and pin.url is None for pin in pins)
    return {canonicalize_name(pin.name): next(iter(pin.specifier)) for pin in pins}


@pytest.mark.parametrize("name", sorted(requirements(test=True)))
def test_the_locked_version_is_within_its_bounds(name):
    pin = locked()[name]
    assert pin.operator == "=="
    assert requirements(test=True)[name].specifier.contains(pin.version, prereleases=True)


@pytest.mark.parametrize("name", sorted(requirements(test=False)))
def test_what_is_needed_to_run_has_a_lower_and_an_upper_bound(name):
    operators = {one.operator for one in requirements(test=False)[name].specifier}
    assert operators == {">=", "<"}


def imported(folder: Path) -> dict[str, set[str]]:
    """Return the top-level modules imported under `folder`, each with its files."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _modules(node):
                found.setdefault(name.split(".")[0], set()).add(str(path))
    return found


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


@pytest.mark.parametrize(("folder", "test"), [("nas", False), ("tests", True)])
def test_every_module_imported_is_declared(folder, test):
    extras = project()["optional-dependencies"]["microphone"]  # imported late, if asked for
    declared = set(requirements(test=test)) | {"nas", "tests"}
    declared |= {canonicalize_name(Requirement(extra).name) for extra in extras}
    for module, files in imported(REPOSITORY / folder).items():
        if module not in sys.stdlib_module_names:
            name = canonicalize_name(PROVIDED_BY.get(module, module))
            assert name in declared, f"{module}, imported in {sorted(files)}, is not declared"


def committed() -> list[Path]:
    """Return the set-up files, which travel to other machines."""
    names = ("pyproject.toml", "lock.txt", "Makefile", ".ci/run", "README.md", "CONTRIBUTING.md")
    return [REPOSITORY / name for name in names]


@pytest.mark.parametrize("path", committed(), ids=lambda path: path.name)
def test_no_package_index_is_named(path):
    assert not re.search(r"index-url|find-links|/simple/|registry=", path.read_text())


def test_the_changelog_has_this_version():
    assert f"## [{project()['version']}]" in (REPOSITORY / "CHANGELOG.md").read_text()


def test_folders_in_the_wheel_are_those_that_names_resolve_in():
    from nas.config import resource_dir

    pyproject = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    sources = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["sources"]
    assert sources == {name: f"nas/_packaged/{name}" for name in sources}
    assert {resource_dir(name) for name in sources} == {REPOSITORY / name for name in sources}
