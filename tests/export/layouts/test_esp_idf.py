"""ESP-IDF's files against their specifications, and its C with the nearest compilers."""

import re

import pytest

from nas.export.layouts import esp_idf
from nas.export.layouts.tree import Tree
from tests.export.layouts.cross import HEADERS, STAND_INS, cmake_builds
from tests.export.layouts.formats import partitions, yaml_of
from tests.export.layouts.kconfig import parsed

MANIFEST_KEYS = {
    "targets", "dependencies", "version", "maintainers", "description", "license", "tags",
    "files", "examples", "url", "repository", "documentation", "issues", "discussion",
    "repository_info",
}  # fmt: skip
"""Keys of a manifest: IDF component manager's reference, "idf_component.yml manifest file"."""
DEPENDENCY_KEYS = {
    "version", "public", "path", "override_path", "git", "service_url", "rules", "matches",
    "require", "pre_release",
}  # fmt: skip
COMPARISON = r"(?:[<>=!~^]=?|==)?\d+\.\d+(\.\d+)?"


@pytest.fixture
def folder(tree):
    return tree.path / "targets/esp-idf"


@pytest.mark.parametrize(
    "place",
    [
        "esp-idf/nas_model/idf_component.yml",
        "esp-idf/example/main/idf_component.yml",
        "tflm/nas_tflm/idf_component.yml",
    ],
)
def test_component_manifests(tree, place):
    found = yaml_of(tree.path / "targets" / place)
    assert set(found) <= MANIFEST_KEYS
    if "version" in found:
        assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert found["dependencies"]["idf"] == {"version": ">=5.1.0"}
    for name, values in found["dependencies"].items():
        assert name == "idf" or re.fullmatch(r"[a-z0-9-]+/[a-z0-9_-]+", name)
        assert set(values) <= DEPENDENCY_KEYS
        assert re.fullmatch(COMPARISON, values["version"])


def check_partitions(rows):
    """Partition table's rules: documented types, 4 KiB, applications at 64 KiB, no overlap."""
    subtypes = {"app": {"factory", "ota_0", "ota_1"}, "data": {"nvs", "phy", "ota", "spiffs"}}
    end = 0x9000  # behind the table, which lies at 0x8000 and takes a sector
    for name, kind, subtype, offset, size, flags in rows:
        assert 0 < len(name) <= 16
        assert subtype in subtypes[kind]
        assert offset % (0x10000 if kind == "app" else 0x1000) == 0
        assert size % (0x10000 if kind == "app" else 0x1000) == 0
        assert offset >= end
        assert flags == ""
        end = offset + size
    assert [row[0] for row in rows if row[1] == "app"] == ["factory"]
    return end


def test_partitions(folder):
    rows = partitions(folder / "example/partitions.csv")
    end = check_partitions(rows)
    settings = dict(
        line.split("=", 1)
        for line in (folder / "example/sdkconfig.defaults").read_text().splitlines()
        if not line.startswith("#")
    )
    assert settings["CONFIG_PARTITION_TABLE_CUSTOM"] == "y"
    assert settings["CONFIG_PARTITION_TABLE_CUSTOM_FILENAME"] == '"partitions.csv"'
    sizes = [int(found[1]) for k in settings if (found := re.search(r"FLASHSIZE_(\d+)MB", k))]
    assert len(sizes) == 1
    assert end <= sizes[0] << 20


@pytest.mark.parametrize("constants", [1, 300_000, 700_000, 3_000_000, 6_000_001])
def test_partitions_of_larger_models(tmp_path, constants):
    """Room for the weights and 512 KiB more, whatever their size; the flash holds the table."""
    place = tmp_path / "generated"
    place.mkdir()
    (place / "manifest.json").write_text(
        '{"format": "nas firmware tree 1", "labels": ["a"], "model": {"sha256": "00", '
        f'"constant_bytes": {constants}}}}}'
    )
    esp_idf.write(Tree(tmp_path), tmp_path)
    rows = partitions(tmp_path / "example/partitions.csv")
    end = check_partitions(rows)
    assert rows[-1][4] >= constants + (512 << 10)
    flash = re.search(r"FLASHSIZE_(\d+)MB", (tmp_path / "example/sdkconfig.defaults").read_text())
    assert end <= int(flash[1]) << 20


def test_kconfig(folder):
    component = parsed(folder / "nas_model/Kconfig")
    assert {name: s.str_value for name, s in component.items()} == {"NAS_USE_ESP_NN": "n"}
    example = parsed(folder / "example/main/Kconfig.projbuild")
    source = (folder / "example/main/main.c").read_text()
    assert set(re.findall(r"CONFIG_(\w+)", source)) == set(example)
    assert all(symbol.help or symbol.prompt_text for symbol in example.values())


@pytest.mark.parametrize(
    ("core", "minor", "esp_nn", "i2s"),
    [("rv32imc", 1, False, "driver"), ("xtensa-lx106", 4, True, "esp_driver_i2s")],
)
def test_component_and_example_compile(folder, tmp_path, core, minor, esp_nn, i2s, monkeypatch):
    """Every source that the CMake files choose, strict: C3 and C6's core, Xtensa's stand-in."""
    monkeypatch.setenv("IDF_PATH", str(STAND_INS / "idf"))
    said = cmake_builds(
        core,
        folder / "example",
        tmp_path,
        IDF_VERSION_MAJOR=5,
        IDF_VERSION_MINOR=minor,
        FRAMEWORK_HEADERS=f"{HEADERS / 'esp_idf'};{HEADERS / 'esp_nn'}",
        **({"CONFIG_NAS_USE_ESP_NN": "y"} if esp_nn else {}),
    )
    assert f"requires {i2s}\n" in said
    assert ("optional PRIVATE espressif__esp-nn;esp-nn" in said) == esp_nn
    assert (tmp_path / "nas_model/libnas_model.a").stat().st_size > 10_000
    assert (tmp_path / "main/libmain.a").is_file()
