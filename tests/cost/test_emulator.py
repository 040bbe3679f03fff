"""The boards, on programs whose instructions can be counted by hand."""

import pytest

from nas.cost.emulator import COUNTED, MACHINES, Emulated
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


def test_what_counts():
    """The Xtensa's clock follows the computer's; the M55 is counted but has no table."""
    assert [core for core in CORES if MACHINES[core].counts] == sorted([*COUNTED, "cortex-m55"])


@pytest.mark.parametrize("core", [core for core in CORES if MACHINES[core].counts])
def test_a_loop_takes_the_instructions_it_is_made_of(core, tmp_path):
    """8 nops, and 2 or 3 to count and branch, a thousand times; the same in each run.

    The M55 branches back with one instruction that counts too (LE).
    """
    board, program = build(core, LOOP, tmp_path)
    first = board.run(program)
    (name, value) = first.split()
    per_turn = int(value) / 1000
    assert name == "instructions"
    possible = (9,) if core == "cortex-m55" else (10, 11)
    assert min(abs(per_turn - count) for count in possible) < 0.02
    assert board.run(program) == first


@pytest.mark.parametrize("core", CORES)
def test_painted_stack_is_what_a_function_took(core, tmp_path):
    """An array of 1,000 bytes, its saved registers and alignment; only its low end is written."""
    board, program = build(core, STACK, tmp_path)
    assert 1_000 <= int(board.run(program).split()[1]) <= 1_024


def test_nothing_is_counted_on_an_xtensa(tmp_path):
    board, program = build("xtensa-lx106", LOOP, tmp_path)
    assert board.run(program) == "instructions 0\n"


ARITHMETIC = """
#include "target.h"
static volatile int64_t a[] = {0, 1, -1, 7, -7, 1234567890123LL, -998877665544332211LL, INT64_MAX};
static volatile int32_t b[] = {0, 1, -1, 7, -7, 1234567890, -998877665, INT32_MAX, INT32_MIN};
static void mix(uint32_t *hash, uint64_t value)
{
    *hash = (*hash ^ (uint32_t)value ^ (uint32_t)(value >> 32)) * 16777619U;
}
int main(void)
{
    uint32_t hash = 1U;
    for (uint32_t i = 0; i < 8U; ++i) {
        for (uint32_t j = 1; j < 8U; ++j) {
            mix(&hash, (uint64_t)a[i] * (uint64_t)a[j]);
            mix(&hash, (uint64_t)(a[i] / a[j]));
            mix(&hash, (uint64_t)(a[i] % a[j]));
            mix(&hash, (uint64_t)a[i] / (uint64_t)a[j]);
            mix(&hash, (uint64_t)a[i] % (uint64_t)a[j]);
            mix(&hash, (uint64_t)((int64_t)b[i] * b[j]));
            mix(&hash, (uint64_t)(b[i] / b[j]));
            mix(&hash, (uint64_t)(b[i] % b[j]));
            mix(&hash, (uint32_t)b[i] / (uint32_t)b[j]);
            mix(&hash, (uint32_t)b[i] % (uint32_t)b[j]);
        }
    }
    target_print("hash", hash);
    return 0;
}
"""


@pytest.mark.parametrize("core", CORES)
def test_products_and_divisions_are_python_s(core, tmp_path):
    """On the LX106 they are our own; elsewhere the compiler's, which tests the test."""
    board, program = build(core, ARITHMETIC, tmp_path)
    assert board.run(program) == f"hash {_arithmetic_hash()}\n"


def _arithmetic_hash():
    a = [0, 1, -1, 7, -7, 1234567890123, -998877665544332211, 2**63 - 1]
    b = [0, 1, -1, 7, -7, 1234567890, -998877665, 2**31 - 1]
    hashed = 1
    for x, p in zip(a, b, strict=True):
        for y, q in zip(a[1:], b[1:], strict=True):
            longs = (x * y, *_divided(x, y), *divmod(x % 2**64, y % 2**64))
            shorts = (p * q, *_divided(p, q), *divmod(p % 2**32, q % 2**32))
            for value in longs + shorts:
                word = value % 2**64
                hashed = (hashed ^ (word % 2**32) ^ (word >> 32)) * 16777619 % 2**32
    return hashed


def _divided(x, y):
    """Quotient and remainder as C has them: towards zero."""
    quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
    return quotient, x - quotient * y


def test_a_failing_program_says_its_code_and_last_line(tmp_path):
    text = '#include "target.h"\nint main(void) { target_write("it broke\\n"); return 7; }'
    board, program = build("cortex-m4", text, tmp_path)
    with pytest.raises(CheckError, match="ended with 7: it broke"):
        board.run(program)


@pytest.mark.parametrize(
    ("core", "word"),
    [
        ("cortex-m3", "fault"),
        ("cortex-m55", "fault"),
        ("rv32imc", "trap"),
        ("xtensa-lx106", "trap"),
    ],
)
def test_a_fault_ends_the_run(core, word, tmp_path):
    text = "#include <stdint.h>\nint main(void) { return *(volatile int32_t *)0xF0000000U; }"
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
