"""The generator of the tables, on a small C tree of our own and on the real compilers."""

import json

import pytest

from nas import config
from nas.cost.code import FOLDER, TABLES, parse_table
from nas.cost.compiler import CORES, Compiler
from nas.cost.measure_code import main, measure
from nas.errors import BuildError
from tests.tools import require

PACKAGES = {
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf",
    "xtensa-lx106-elf-gcc": "gcc-xtensa-lx106",
}
CORE_NAMES = sorted(set(TABLES.values()))


def compiler(core, folder, *include):
    command = CORES[core].compiler
    require(command, package=PACKAGES[command])
    return Compiler(command, CORES[core], include, folder)


@pytest.mark.parametrize("core", sorted(CORES))
def test_sizes_are_those_of_the_object(core, tmp_path):
    source = tmp_path / "a.c"
    source.write_text(
        "#include <stdint.h>\n#include <string.h>\n"
        "const int16_t table[100] = {1};\nstatic int32_t kept[5];\nint32_t zeroed[3];\n"
        "void fill(int8_t *to, uint32_t n) { char here[256]; memcpy(here, to, sizeof here);\n"
        "    memset(to, here[n], n); kept[n] = table[n] + zeroed[n]; }\n"
        "int32_t last(uint32_t n) { return kept[n]; }\n"
    )
    compiled = compiler(core, tmp_path).compile(source, "a")
    assert set(compiled.symbols) == {"fill", "last"}
    assert 200 < compiled.code_bytes < 400
    assert compiled.static_bytes == 32
    assert 256 <= compiled.calls.frames["fill"] < 320


def test_a_compile_error_is_one_line(tmp_path):
    source = tmp_path / "a.c"
    source.write_text("int broken(void) { return nothing; }\n")
    with pytest.raises(BuildError, match=r"a\.c:1:\d+: error: .nothing. undeclared"):
        compiler("cortex-m4", tmp_path).compile(source, "a")


def test_a_missing_compiler_names_its_package(capsys):
    code = main(["--core", "rv32imc", "--cc", "no-such-gcc", "--firmware", "."])
    assert code == 2
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("core", CORE_NAMES)
def test_the_committed_table_is_what_the_firmware_measures(core):
    command = CORES[core].compiler
    require(command, package=PACKAGES[command])
    firmware = config.resource_dir("firmware")
    if not list((firmware / "app").glob("*.c")):
        pytest.skip("firmware/app holds no C files in this tree")
    committed = json.loads((FOLDER / f"{core}.json").read_text())
    table = measure(core, firmware=firmware)
    if table["compiler"] != committed["compiler"]:
        pytest.skip(f"other compiler: {table['compiler']}, table: {committed['compiler']}")
    assert table == committed, f"run: python -m nas.cost.measure_code --core {core}"


@pytest.mark.parametrize("core", CORE_NAMES)
def test_a_committed_table_parses_and_brings_helpers(core):
    code = parse_table(core, json.loads((FOLDER / f"{core}.json").read_text()))
    assert code.core == core
    assert code.linked(["nas_convolve_s8"]) == {"convolve_s8", "dot_s8", "output_s8"}
    assert code.static_bytes == 0
