"""The Arduino library and PlatformIO's: their files' formats, and their C and C++."""

import configparser
import json
import re

import pytest

from tests.export.layouts.cross import HEADERS, compile_all
from tests.export.layouts.formats import properties

CATEGORIES = {
    "Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing",
    "Data Storage", "Data Processing", "Other",
}  # fmt: skip
PROPERTIES = {
    "name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
    "architectures", "depends", "dot_a_linkage", "includes", "precompiled", "ldflags",
}  # fmt: skip
"""Fields of library.properties: Arduino library specification 1.5, revision 2.2."""
REQUIRED = PROPERTIES - {
    "depends", "dot_a_linkage", "includes", "precompiled", "ldflags", "architectures",
}  # fmt: skip
KEYWORD_KINDS = {"KEYWORD1", "KEYWORD2", "KEYWORD3", "LITERAL1", "LITERAL2"}
LIBRARY_JSON = {
    "$schema", "name", "version", "description", "keywords", "homepage", "repository", "authors",
    "license", "frameworks", "platforms", "headers", "examples", "dependencies", "export",
    "scripts", "build",
}  # fmt: skip
BUILD_KEYS = {
    "extraScript", "flags", "includeDir", "libArchive", "libCompatMode", "libLDFMode",
    "srcDir", "srcFilter", "unflags", "builder",
}  # fmt: skip
ENVIRONMENT_KEYS = {"platform", "board", "framework", "monitor_speed", "lib_deps"}


@pytest.fixture
def library(tree):
    return tree.path / "targets/arduino/nas_model"


def test_library_properties(library):
    found = properties(library / "library.properties")
    assert REQUIRED <= set(found) <= PROPERTIES
    assert all(found.values())
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.\- ]{0,62}", found["name"])
    assert not found["name"].startswith("Arduino")
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert found["category"] in CATEGORIES
    assert found["sentence"].endswith(".")
    assert not found["paragraph"].startswith(found["sentence"])
    for header in found["includes"].split(","):
        assert (library / "src" / header).is_file()


def test_keywords_are_separated_by_one_tab_and_exist(library):
    headers = "".join(path.read_text() for path in (library / "src").rglob("*.h"))
    for line in (library / "keywords.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            word, kind = line.split("\t")
            assert kind in KEYWORD_KINDS
            assert re.search(rf"\b{word}\b", headers)


def test_layout_is_arduinos(library):
    """Sources under src/ only; each example a folder with a sketch of its name."""
    assert not list(library.glob("*.c"))
    examples = sorted((library / "examples").iterdir())
    assert [path.name for path in examples] == ["listen_pdm", "listen_serial"]
    assert all((path / f"{path.name}.ino").is_file() for path in examples)
    assert not [path for path in library.rglob("*") if " " in path.name]


@pytest.mark.parametrize(("target", "core"), [("arduino", "cortex-m4"), ("platformio", "rv32imc")])
def test_library_compiles_from_src_alone(tree, tmp_path, core, target):
    """Both have the same files: a core each."""
    source = tree.path / "targets" / target / "nas_model/src"
    objects = compile_all(core, tmp_path, sorted(source.rglob("*.c")), [source])
    assert len(objects) > 15


def test_sketches_compile(library, tmp_path):
    """As Arduino builds a sketch: C++, with Arduino.h in front."""
    sketches = sorted(library.glob("examples/*/*.ino"))
    includes = [library / "src", HEADERS / "arduino"]
    options = ("-include", "Arduino.h", "-fno-exceptions", "-fno-rtti")
    for standard in ("gnu++11", "gnu++17"):
        compile_all(
            "cortex-m4", tmp_path, sketches, includes, *options, language="c++", standard=standard
        )


def test_library_json(tree):
    library = tree.path / "targets/platformio/nas_model"
    found = json.loads((library / "library.json").read_text())
    assert {"name", "version"} <= set(found) <= LIBRARY_JSON
    assert re.fullmatch(r"[A-Za-z0-9_\-/. ]{1,50}", found["name"])
    assert not re.search(r"[:;/,@<>]", found["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert len(found["description"]) <= 255
    assert all(re.fullmatch(r"[a-z\d\- +]{1,50}", word) for word in found["keywords"])
    assert set(found["build"]) <= BUILD_KEYS
    assert (library / found["build"]["srcDir"] / found["headers"][0]).is_file()


def test_platformio_ini(tree):
    example = tree.path / "targets/platformio/example"
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",))
    parser.read_string((example / "platformio.ini").read_text())
    environments = {s.removeprefix("env:") for s in parser.sections() if s.startswith("env:")}
    assert set(parser.sections()) == {"platformio", "env", *(f"env:{e}" for e in environments)}
    assert parser["platformio"]["default_envs"] in environments
    for name in environments:
        merged = {**parser["env"], **parser[f"env:{name}"]}
        assert set(merged) == ENVIRONMENT_KEYS
    link = parser["env"]["lib_deps"].split("symlink://")[1]
    assert (example / link / "library.json").is_file()


def test_platformio_example_compiles(tree, tmp_path):
    place = tree.path / "targets/platformio"
    includes = [place / "nas_model/src", HEADERS / "arduino"]
    main = [place / "example/src/main.cpp"]
    compile_all("cortex-m4", tmp_path, main, includes, language="c++", standard="gnu++14")
