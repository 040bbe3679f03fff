"""The tree for TensorFlow Lite Micro: the array, the resolver, the arena, the C++."""

import re
import subprocess

import numpy as np
import pytest

from nas.export.layouts.tflm import ARENA_MARGIN_BYTES
from nas.export.run import Int8Model
from tests.export.compiled import random_inputs
from tests.export.layouts.cross import HEADERS, STAND_INS, cmake_builds, compile_all, compiler
from tests.export.layouts.formats import defines

PART = "targets/tflm/nas_tflm"
MAIN = """
#include <stdint.h>
#include <stdio.h>
#include "model_data.h"
int main(void)
{
    const int off = (int)((uintptr_t)nas_model_tflite & 15U);
    return off ? off : (int)!fwrite(nas_model_tflite, NAS_MODEL_TFLITE_BYTES, 1, stdout);
}
"""


@pytest.fixture
def part(tree):
    return tree.path / PART


def test_array_is_the_model_aligned(tree, part, tmp_path):
    (tmp_path / "main.c").write_text(MAIN)
    sources = [tmp_path / "main.c", part / "model_data.c"]
    objects = compile_all("host", tmp_path, sources, [part, tree.path / "include"])
    program = tmp_path / "program"
    subprocess.run([*compiler("host"), *map(str, objects), "-o", str(program)], check=True)
    done = subprocess.run([str(program)], capture_output=True, check=True)
    assert done.stdout == (tree.path / "model.tflite").read_bytes()
    assert (part / "model.tflite").read_bytes() == done.stdout


def test_resolver_has_the_ops_of_the_model_and_no_others(part):
    """The toy network's ops, as its maker lists them."""
    text = (part / "op_resolver.h").read_text()
    added = re.findall(r"resolver\.(\w+)\(\)", text)
    assert added == ["AddConv2D", "AddFullyConnected", "AddMean", "AddSoftmax"]
    assert re.findall(r"MicroMutableOpResolver<(\d+)>", text) == ["4"]


def test_arena_is_the_price_and_a_margin(tree, part):
    found = defines(part / "arena.h")
    priced = tree.manifest["tflm"]["arena_bytes"]
    assert int(found["NAS_TFLM_ARENA_REFERENCE_BYTES"]) == priced["portable"]
    assert int(found["NAS_TFLM_ARENA_CMSIS_NN_BYTES"]) == priced["cmsis-nn"]
    assert int(found["NAS_TFLM_ARENA_ESP_NN_BYTES"]) == priced["esp-nn"]
    assert int(found["NAS_TFLM_ARENA_MARGIN_BYTES"]) == ARENA_MARGIN_BYTES
    text = (part / "arena.h").read_text()
    assert chosen(text) == max(priced["portable"], priced["cmsis-nn"]) + ARENA_MARGIN_BYTES
    assert chosen(text, "ESP_PLATFORM") == priced["esp-nn"] + ARENA_MARGIN_BYTES
    s3 = chosen(text, "ESP_PLATFORM", "CONFIG_IDF_TARGET_ESP32S3")
    assert s3 == int(found["NAS_TFLM_ARENA_ESP_NN_ESP32S3_BYTES"]) + ARENA_MARGIN_BYTES


def chosen(header, *macros):
    """What the preprocessor makes of the arena's length."""
    command = [*compiler("host"), "-E", "-P", f"-I{HEADERS / 'esp_idf'}", "-x", "c", "-"]
    command += [f"-D{macro}" for macro in macros]
    text = f"{header}\nNAS_TFLM_ARENA_BYTES\n"
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return sum(map(int, re.findall(r"\d+", done.stdout.splitlines()[-1])))


def test_tflm_runs_the_model(part):
    """TFLM's Python package gives the answers of LiteRT, a step apart at most."""
    runtime = pytest.importorskip("tflite_micro").runtime
    content = (part / "model.tflite").read_bytes()
    interpreter = runtime.Interpreter.from_bytes(content, arena_size=1 << 20)
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 20, seed=3)
    expected = model.predict(inputs)
    for row, wanted in zip(inputs, expected, strict=True):
        interpreter.set_input(row.reshape(1, *model.input_shape), 0)
        interpreter.invoke()
        np.testing.assert_allclose(
            interpreter.get_output(0).ravel().astype(int), wanted.ravel().astype(int), atol=1
        )


def test_esp_idf_component_builds(tree, tmp_path, monkeypatch):
    """The component's CMake file, run with a stand-in for ESP-IDF's functions, for RV32IMC."""
    monkeypatch.setenv("IDF_PATH", str(STAND_INS / "idf"))
    (tmp_path / "main").mkdir()
    (tmp_path / "main/main.c").write_text(
        '#include "model_tflm.h"\n#include "nas_listener.h"\n'
        "size_t ready(void);\nsize_t ready(void) { return nas_tflm_setup(); }\n"
    )
    (tmp_path / "main/CMakeLists.txt").write_text(
        'idf_component_register(SRCS "main.c" REQUIRES nas_tflm)\n'
    )
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\n"
        f'set(EXTRA_COMPONENT_DIRS "{tree.path / PART}")\n'
        "include($ENV{IDF_PATH}/tools/cmake/project.cmake)\nproject(listen)\n"
    )
    cmake_builds(
        "rv32imc",
        tmp_path,
        tmp_path / "build",
        FRAMEWORK_HEADERS=HEADERS / "tflm",
    )
    listed = subprocess.run(
        [compiler("rv32imc")[0].removesuffix("gcc") + "ar", "t",
         str(tmp_path / "build/nas_tflm/libnas_tflm.a")],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert any(name.startswith("model_tflm.cc") for name in listed)
    assert not any(name.startswith(("convolve", "model.c.")) for name in listed)


@pytest.mark.parametrize("core", ["cortex-m4", "xtensa-lx106"])
def test_interpreter_in_the_place_of_the_model_compiles(tree, part, tmp_path, core):
    root = tree.path
    includes = [part, root / "include", root / "generated", root / "app"]
    compile_all(core, tmp_path, [part / "model_data.c"], includes)
    includes.append(HEADERS / "tflm")
    options = ("-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics")
    source = [part / "model_tflm.cc"]
    objects = compile_all(
        core, tmp_path, source, includes, *options, language="c++", standard="gnu++17"
    )
    nm = compiler(core)[0].removesuffix("gcc") + "nm"
    lines = subprocess.run(
        [nm, "--defined-only", str(objects[0])], capture_output=True, text=True, check=True
    ).stdout
    for name in ("nas_model_input", "nas_model_run", "nas_model_output", "nas_tflm_setup"):
        assert re.search(rf" T {name}$", lines, re.MULTILINE)
