"""Flash and RAM under TFLM: bounds with their source, and parts that add up."""

import pytest

from nas.cost.code import load_code_sizes
from nas.cost.tflm import model_bytes, tflm_arena_parts, tflm_ram_parts, tflm_rom_parts
from nas.cost.tflm_code import INTERPRETER_BYTES
from tests.cost.fixtures import SIZES, code_sizes
from tests.random_candidates import networks

GRAPH = networks("ds_cnn", 1, first_seed=900)[0][1]


def test_flash_is_the_file_the_runtime_and_the_front_end() -> None:
    assert tflm_rom_parts(GRAPH, SIZES, code_sizes(), "portable") == {
        "rom.model": model_bytes(GRAPH),
        "rom.interpreter": 37_000,
        "rom.frontend_tables": 1_000,
        "rom.frontend_code": 50,
        "rom.app": 10,
        "rom.classes": 10 * 12 + 8 * 2,
        "rom.toolchain": 5,
    }


def test_a_file_that_exists_counts_with_its_length() -> None:
    parts = tflm_rom_parts(GRAPH, None, code_sizes(), "cmsis-nn", file_bytes=12_345)
    assert parts["rom.model"] == 12_345
    assert parts["rom.interpreter"] == 70_000
    assert parts["rom.frontend_tables"] == parts["rom.frontend_code"] == 0


@pytest.mark.parametrize("kernels", INTERPRETER_BYTES)
def test_other_cores_take_the_runtime_in_their_own_density_of_code(kernels: str) -> None:
    here, there = load_code_sizes("rv32imc"), load_code_sizes("cortex-m4")
    ratio = here.code_bytes(here.area("kernels")) / there.code_bytes(there.area("kernels"))
    parts = tflm_rom_parts(GRAPH, None, here, kernels)
    assert parts["rom.interpreter"] == pytest.approx(INTERPRETER_BYTES[kernels][1] * ratio, abs=1)


def test_ram_is_the_arena_the_interpreter_and_the_front_end() -> None:
    parts = tflm_ram_parts(GRAPH, SIZES, code_sizes(), "esp-nn", audio_ring_bytes=640)
    arena = tflm_arena_parts(GRAPH, "esp-nn")
    assert {k: v for k, v in parts.items() if k[4:] in arena} == {
        f"ram.{name}": size for name, size in arena.items()
    }
    assert parts["ram.frontend_state"] == 2_000
    assert parts["ram.audio_ring"] + parts["ram.feature_ring"] == 640 + 1_961
    assert parts["ram.app"] == 68 + 2 * 10 + 3 + 4
    assert parts["ram.stack"] == 48 + 4_096


def test_without_a_front_end_its_parts_are_nothing() -> None:
    parts = tflm_ram_parts(GRAPH, None, code_sizes(), "portable", audio_ring_bytes=0)
    assert parts["ram.frontend_state"] == parts["ram.audio_ring"] == parts["ram.feature_ring"] == 0
