"""The boards, on programs whose instructions can be counted by hand."""

import pytest

from nas.cost.emulator import MACHINES, Emulated
from nas.errors import BuildError, CheckError, ConfigError
from tests.cost.emulated import require_tools

CORES = sorted(MACHINES)
LOOP = """
#include "target.h"
int main(void)
{
    uint32_t from = target_clock(), to = target_clock();
    const uint32_t reading = target_instructions(from, to);
    from = target_clock();
    for (uint32_t i = 0; i < 1000U; ++i) {
        __asm__ volatile("nop\\nnop\\nnop\\nnop\\nnop\\nnop\\nnop\\nnop");
    }
    to = target_clock();
    target_print("instructions", target_instructions(from, to) - reading);
    return 0;
}
"""
STACK = """
#include "stack.h"
#include "target.h"
static __attribute__((noinline)) uint32_t take(void)
{
    volatile uint8_t here[1000];
    here[0] = 7;
    return here[0];
}
int main(void)
{
    target_paint_stack();
    const uint32_t seven = take();
    target_print("stack", target_painted_stack());
    return (int)seven - 7;
}
"""


def build(core, text, folder):
    require_tools(core)
    source = folder / "program.c"
    source.write_text(text)
    return Emulated(core), Emulated(core).build([source], folder=folder)


@pytest.mark.parametrize("core", CORES)
def test_a_loop_takes_the_instructions_it_is_made_of(core, tmp_path):
    """8 nops, and 2 or 3 to count and branch, a thousand times; the same in each run."""
    board, program = build(core, LOOP, tmp_path)
    first = board.run(program)
    (name, value) = first.split()
    per_turn = int(value) / 1000
    assert name == "instructions"
    assert min(abs(per_turn - 10), abs(per_turn - 11)) < 0.02
    assert board.run(program) == first


@pytest.mark.parametrize("core", CORES)
def test_painted_stack_is_what_a_function_took(core, tmp_path):
    """An array of 1,000 bytes, its saved registers and alignment; only its low end is written."""
    board, program = build(core, STACK, tmp_path)
    assert 1_000 <= int(board.run(program).split()[1]) <= 1_024


def test_a_failing_program_says_its_code_and_last_line(tmp_path):
    text = '#include "target.h"\nint main(void) { target_write("it broke\\n"); return 7; }'
    board, program = build("cortex-m4", text, tmp_path)
    with pytest.raises(CheckError, match="ended with 7: it broke"):
        board.run(program)


@pytest.mark.parametrize(("core", "word"), [("cortex-m3", "fault"), ("rv32imc", "trap")])
def test_a_fault_ends_the_run(core, word, tmp_path):
    text = "#include <stdint.h>\nint main(void) { return *(volatile int32_t *)0x90000000U; }"
    board, program = build(core, text, tmp_path)
    with pytest.raises(CheckError, match=f"error: {word}"):
        board.run(program)


def test_a_program_that_never_ends_is_stopped(tmp_path):
    board, program = build("cortex-m4", "int main(void) { for (;;) { } }", tmp_path)
    with pytest.raises(CheckError, match="still running on qemu-system-arm after 1 s"):
        board.run(program, timeout_s=1.0)


def test_errors_are_one_line(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="z80: no emulated board; there are: cortex-m0"):
        Emulated("z80")
    require_tools("cortex-m4")
    with pytest.raises(BuildError, match="undeclared"):
        build("cortex-m4", "int main(void) { return nothing; }", tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ConfigError, match="qemu-system-arm: not found; install qemu-system-arm"):
        Emulated("cortex-m4").run(tmp_path / "program.elf")
    with pytest.raises(ConfigError, match="arm-none-eabi-gcc: not found; install gcc-arm-none"):
        Emulated("cortex-m4").build([], folder=tmp_path)
