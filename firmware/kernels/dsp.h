/* Armv7E-M's instructions on halves of a word, by the names of Arm's C language extensions.
 *
 * Compilers define __ARM_FEATURE_DSP where the core has them (Cortex-M4, M7; M33 and M55 as they
 * are built). Without it this file is empty and the kernels take their portable paths, with the
 * same bytes. */
#ifndef NAS_DSP_H
#define NAS_DSP_H

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP

#define NAS_DSP 1

#include <arm_acle.h>
#include <stdint.h>
#include <string.h>

/* Four bytes from any address. */
static inline uint32_t nas_load4(const int8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof(word));
    return word;
}

/* The same number in both halves. */
static inline uint32_t nas_both_halves(int32_t x)
{
    return ((uint32_t)x & 0xFFFFU) * 0x10001U;
}

/* Bytes 0 and 2, or 1 and 3, as two signed halves; with `halves` added to them. */
static inline uint32_t nas_even(uint32_t bytes)
{
    return (uint32_t)__sxtb16((int8x4_t)bytes);
}

static inline uint32_t nas_even_plus(uint32_t halves, uint32_t bytes)
{
    return (uint32_t)__sxtab16((int16x2_t)halves, (int8x4_t)bytes);
}

#if defined(__GNUC__) && defined(__arm__)
/* The rotation is part of the instruction, which GCC 12 does not see. */
static inline uint32_t nas_odd(uint32_t bytes)
{
    uint32_t halves;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(bytes));
    return halves;
}

static inline uint32_t nas_odd_plus(uint32_t halves, uint32_t bytes)
{
    uint32_t sums;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(sums) : "r"(halves), "r"(bytes));
    return sums;
}
#else
static inline uint32_t nas_odd(uint32_t bytes)
{
    return nas_even((bytes >> 8) | (bytes << 24));
}

static inline uint32_t nas_odd_plus(uint32_t halves, uint32_t bytes)
{
    return nas_even_plus(halves, (bytes >> 8) | (bytes << 24));
}
#endif

/* sum + the products of both halves. */
static inline int32_t nas_add_products(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlad((int16x2_t)a, (int16x2_t)b, sum);
}

#endif

#endif
