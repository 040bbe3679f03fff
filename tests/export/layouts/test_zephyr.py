"""Zephyr's files against its schemas, and its C through the CMake files."""

import re

import pytest

from tests.export.layouts.cross import HEADERS, STAND_INS, cmake_builds
from tests.export.layouts.formats import yaml_of
from tests.export.layouts.kconfig import parsed

MODULE_KEYS = {
    "name",
    "build",
    "tests",
    "samples",
    "boards",
    "blobs",
    "security",
    "package-managers",
}
BUILD_KEYS = {
    "cmake", "kconfig", "cmake-ext", "kconfig-ext", "sysbuild-cmake", "sysbuild-kconfig",
    "sysbuild-cmake-ext", "sysbuild-kconfig-ext", "depends", "settings",
}  # fmt: skip
"""Keys of scripts/zephyr_module.py's schema."""
SCENARIO = {
    "arch_exclude", "arch_allow", "build_only", "depends_on", "extra_args", "extra_configs",
    "extra_conf_files", "filter", "integration_platforms", "harness", "harness_config", "min_ram",
    "min_flash", "modules", "platform_exclude", "platform_allow", "tags", "timeout", "sysbuild",
}  # fmt: skip
"""Keys of a test in scripts/schemas/twister/testsuite-schema.yaml."""
CMSIS = "config CMSIS_NN\n\tbool\n\tdefault y\n"


@pytest.fixture
def module(tree):
    return tree.path / "targets/zephyr"


def test_module_yml(module):
    found = yaml_of(module / "zephyr/module.yml")
    assert set(found) <= MODULE_KEYS
    assert set(found["build"]) <= BUILD_KEYS
    assert re.fullmatch(r"\w+", found["name"])
    assert (module / found["build"]["cmake"] / "CMakeLists.txt").is_file()
    assert (module / found["build"]["kconfig"]).is_file()
    assert all((module / sample).is_dir() for sample in found["samples"])


def test_sample_yaml(module):
    found = yaml_of(module / "samples/listen/sample.yaml")
    assert set(found) == {"sample", "common", "tests"}
    assert set(found["sample"]) <= {"name", "description"}
    assert set(found["common"]) <= SCENARIO
    for name, scenario in found["tests"].items():
        assert re.fullmatch(r"[a-zA-Z0-9_.]+", name)
        assert set(scenario) <= SCENARIO
    assert found["common"]["modules"] == [yaml_of(module / "zephyr/module.yml")["name"]]


@pytest.mark.parametrize("before", ["", CMSIS])
def test_kconfig(module, before):
    found = parsed(module / "Kconfig", before=before or "config CMSIS_NN\n\tbool\n")
    values = {name: symbol.str_value for name, symbol in found.items()}
    assert values == {"NAS_MODEL": "n", "NAS_USE_CMSIS_NN": "n"}
    assert all(symbol.help for symbol in found.values())


def test_prj_conf_sets_known_options(module):
    options = dict(
        line.split("=", 1)
        for line in (module / "samples/listen/prj.conf").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert options["CONFIG_NAS_MODEL"] == options["CONFIG_AUDIO_DMIC"] == "y"
    assert all(re.fullmatch(r"CONFIG_[A-Z0-9_]+", name) for name in options)


@pytest.mark.parametrize(("core", "cmsis"), [("cortex-m0", False), ("cortex-m4", True)])
def test_sample_and_module_compile(module, tmp_path, core, cmsis):
    values = {"CONFIG_NAS_USE_CMSIS_NN": "y"} if cmsis else {}
    cmake_builds(
        core,
        module / "samples/listen",
        tmp_path,
        CONFIG_NAS_MODEL="y",
        Zephyr_DIR=STAND_INS / "zephyr",
        FRAMEWORK_HEADERS=HEADERS / "zephyr",
        KERNEL_HEADERS=HEADERS / "cmsis_nn" if cmsis else "",
        **values,
    )
    assert (tmp_path / "libapp.a").is_file()
    assert next(tmp_path.rglob("libnas_model.a")).stat().st_size > 10_000
