/* QEMU's `virt` board with an RV32IMC core and no operating system.
 *
 * With `-icount` the counter of retired instructions repeats exactly. */
#include "target.h"

#define SYS_WRITE0 0x04U
#define SYS_EXIT_EXTENDED 0x20U
#define APPLICATION_EXIT 0x20026U

void target_start(void);

/* The three instructions are one request: they must not be compressed. */
static void semihosting(uint32_t operation, uintptr_t argument)
{
    register uint32_t a0 __asm__("a0") = operation;
    register uintptr_t a1 __asm__("a1") = argument;
    __asm__ volatile(".option push\n"
                     ".option norvc\n"
                     ".balign 16\n"
                     "slli zero, zero, 0x1f\n"
                     "ebreak\n"
                     "srai zero, zero, 7\n"
                     ".option pop\n"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
}

void target_write(const char *text)
{
    semihosting(SYS_WRITE0, (uintptr_t)text);
}

void target_exit(int status)
{
    const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
    for (;;) {
        semihosting(SYS_EXIT_EXTENDED, (uintptr_t)block);
    }
}

uint32_t target_clock(void)
{
    uint32_t retired;
    __asm__ volatile(".option push\n"
                     ".option arch, +zicsr\n"
                     "csrr %0, minstret\n"
                     ".option pop\n"
                     : "=r"(retired));
    return retired;
}

uint32_t target_instructions(uint32_t from, uint32_t to)
{
    return to - from;
}

/* First code of the image: a trap (mtvec) ends the run, the stack is set, C begins. */
__attribute__((naked, section(".start"))) void target_start(void)
{
    __asm__ volatile("la sp, target_stack_top\n"
                     "la t0, target_trap\n"
                     ".option push\n"
                     ".option arch, +zicsr\n"
                     "csrw mtvec, t0\n"
                     ".option pop\n"
                     "j target_main\n");
}

void target_trap(void) __attribute__((aligned(4), used));

void target_trap(void)
{
    target_write("error: trap\n");
    target_exit(3);
}
