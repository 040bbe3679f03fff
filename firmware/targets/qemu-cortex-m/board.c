/* Arm's boards in QEMU: mps2-an385 (Cortex-M3), an386 (M4), an500 (M7), mps3-an547 (M55).
 *
 * With `-icount shift=5` an instruction takes 2^5 ns. The timer of an MPS2 counts down at 25 MHz,
 * 40 ns a tick: instructions = ticks x 40 / 32. The system counter of the MPS3 counts up at 32 MHz:
 * instructions = ticks x 31.25 / 32 = ticks - 3 ticks / 128. */
#include "target.h"

#define SYS_WRITE0 0x04U
#define SYS_EXIT_EXTENDED 0x20U
#define APPLICATION_EXIT 0x20026U

extern uint32_t target_stack_top[];

static void semihosting(uint32_t operation, uintptr_t argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
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

#if defined(__ARM_ARCH) && __ARM_ARCH >= 8

/* System counter of the SSE-300 subsystem: control, and the low word of its value. */
#define COUNTER_CONTROL (*(volatile uint32_t *)0x58100000U)
#define COUNTER_VALUE (*(volatile uint32_t *)0x58100008U)

/* CPACR: who may use the floating-point and vector registers. */
#define COPROCESSORS (*(volatile uint32_t *)0xE000ED88U)
#define FLOATS_AND_VECTORS 0x00F00000U

/* An M55 built for MVE needs the vector registers, which are locked at reset. */
static void start_clock(void)
{
    COPROCESSORS |= FLOATS_AND_VECTORS;
    COUNTER_CONTROL = 1U;
}

uint32_t target_clock(void)
{
    return COUNTER_VALUE;
}

uint32_t target_instructions(uint32_t from, uint32_t to)
{
    const uint32_t ticks = to - from;
    return ticks - ticks / 128U * 3U - ticks % 128U * 3U / 128U;
}

#else

/* CMSDK APB timer 0. */
#define TIMER_CONTROL (*(volatile uint32_t *)0x40000000U)
#define TIMER_VALUE (*(volatile uint32_t *)0x40000004U)
#define TIMER_RELOAD (*(volatile uint32_t *)0x40000008U)

static void start_clock(void)
{
    TIMER_RELOAD = UINT32_MAX;
    TIMER_VALUE = UINT32_MAX;
    TIMER_CONTROL = 1U;
}

uint32_t target_clock(void)
{
    return TIMER_VALUE;
}

uint32_t target_instructions(uint32_t from, uint32_t to)
{
    const uint32_t ticks = from - to;
    return ticks + ticks / 4U;
}

#endif

static void reset(void)
{
    start_clock();
    target_main();
}

static void fault(void)
{
    target_write("error: fault\n");
    target_exit(3);
}

typedef union {
    uint32_t *stack;
    void (*handler)(void);
} vector;

extern const vector target_vectors[16];

/* Stack, reset, then the exceptions up to SysTick. */
__attribute__((section(".vectors"), used)) const vector target_vectors[16] = {
    {.stack = target_stack_top}, {.handler = reset}, {.handler = fault}, {.handler = fault},
    {.handler = fault},          {.handler = fault}, {.handler = fault}, {.handler = fault},
    {.handler = fault},          {.handler = fault}, {.handler = fault}, {.handler = fault},
    {.handler = fault},          {.handler = fault}, {.handler = fault}, {.handler = fault},
};
