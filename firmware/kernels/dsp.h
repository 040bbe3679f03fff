/* Instructions on the halves and bytes of a word: Armv7E-M, and Armv8-M with the DSP extension.
 *
 * Compilers define both macros where the core has them (Cortex-M4, M7; M33 and M55 as they are
 * built); Armv5TE has the products only. Without them, and where words have their high byte first,
 * this file is empty and the kernels take their portable paths, with the same bytes. */
#ifndef NAS_DSP_H
#define NAS_DSP_H

#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32) && !defined(__ARM_BIG_ENDIAN)

#define NAS_DSP 1

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

/* <arm_acle.h> has names for the instructions from GCC 10 on; Arduino's cores bring GCC 7 to 9.
 * Both headers define
 *
 *     nas_even, nas_odd            bytes 0 and 2, or 1 and 3, as two signed halves
 *     nas_even_plus, nas_odd_plus  the same, added to two halves
 *     nas_add_products             sum + the products of both halves
 *     nas_add_lower, _upper        sum + the product of the lower, or of the upper halves
 *     nas_half_as_u8               the nearest of 0 to 255 to half of a number, rounded down
 *     nas_larger_bytes, _smaller_  of two words the larger, or the smaller, of each byte, unsigned
 */
#if defined(__clang__) || __GNUC__ >= 10
#include "dsp_acle.h"
#else
#include "dsp_asm.h"
#endif

#endif

#endif
