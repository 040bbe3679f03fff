/* How deep calls reach: paint the free stack, call, look for the deepest word that changed.
 * Inlined, so that the stack pointer is the caller's: what is found is what its callees took.
 * On another machine than those below nothing is painted, and 0 bytes are found. */
#ifndef NAS_TARGET_STACK_H
#define NAS_TARGET_STACK_H

#include <stdint.h>

#define TARGET_PAINT 0xA5C3960FU

extern uint32_t target_stack_limit[];

#if defined(__riscv)
#define TARGET_MOVE "mv"
#elif defined(__arm__) || defined(__xtensa__)
#define TARGET_MOVE "mov"
#endif

#ifdef TARGET_MOVE

static inline __attribute__((always_inline)) uint32_t *target_stack_pointer(void)
{
    uint32_t *pointer;
    __asm__ volatile(TARGET_MOVE " %0, sp" : "=r"(pointer));
    return pointer;
}

/* Paint from the limit to the stack pointer. */
static inline __attribute__((always_inline)) void target_paint_stack(void)
{
    const uint32_t *const end = target_stack_pointer();
    for (volatile uint32_t *word = target_stack_limit; word != end; ++word) {
        *word = TARGET_PAINT;
    }
}

/* Bytes below the stack pointer that were written since it was painted. */
static inline __attribute__((always_inline)) uint32_t target_painted_stack(void)
{
    const uint32_t *const end = target_stack_pointer();
    const volatile uint32_t *word = target_stack_limit;
    while (word != end && *word == TARGET_PAINT) {
        ++word;
    }
    return (uint32_t)((uintptr_t)end - (uintptr_t)word);
}

#else

static inline void target_paint_stack(void)
{
}

static inline uint32_t target_painted_stack(void)
{
    return 0U;
}

#endif

#endif
