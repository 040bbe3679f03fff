/* QEMU's `sim` machine with an LX106, the core of the ESP8266: no windowed registers, no divider.
 *
 * It shows that the C gives the same bytes under Xtensa's calling convention. Its clock follows
 * the computer's, so nothing is counted. */
#include "target.h"

#include <string.h>

#define SIMCALL_EXIT 1
#define SIMCALL_WRITE 4
#define STANDARD_OUTPUT 1

/* The core starts at the first word. Constants come next, as l32r only looks back. Exceptions of
 * the kernel (0x30), of the user (0x50), and within an exception (0x70) end the run. PS 0x20: user
 * mode, no exception under way. */
__asm__(".section .vectors, \"ax\"\n"
        "target_vectors:\n"
        "j target_start\n"
        ".align 4\n"
        "target_base: .word target_vectors\n"
        "target_stack: .word target_stack_top\n"
        ".org 0x30\n"
        "j target_vector\n"
        ".org 0x50\n"
        "j target_vector\n"
        ".org 0x70\n"
        "target_vector:\n"
        "l32r a1, target_stack\n"
        "call0 target_trap\n"
        ".align 4\n"
        ".global target_start\n"
        "target_start:\n"
        "l32r a1, target_stack\n"
        "l32r a2, target_base\n"
        "wsr.vecbase a2\n"
        "movi a2, 0x20\n"
        "wsr.ps a2\n"
        "rsync\n"
        "movi a0, 0\n"
        "call0 target_main\n"
        ".text\n");

void target_trap(void) __attribute__((used));

static void simcall(int operation, int first, const void *second, size_t third)
{
    register int a2 __asm__("a2") = operation;
    register int a3 __asm__("a3") = first;
    register const void *a4 __asm__("a4") = second;
    register size_t a5 __asm__("a5") = third;
    __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
}

void target_write(const char *text)
{
    simcall(SIMCALL_WRITE, STANDARD_OUTPUT, text, strlen(text));
}

void target_exit(int status)
{
    for (;;) {
        simcall(SIMCALL_EXIT, status, NULL, 0U);
    }
}

uint32_t target_clock(void)
{
    return 0U;
}

uint32_t target_instructions(uint32_t from, uint32_t to)
{
    return to - from;
}

void target_trap(void)
{
    target_write("error: trap\n");
    target_exit(3);
}
