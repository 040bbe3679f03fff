/* The functions of dsp.h by the names of Arm's C language extensions. */
#ifndef NAS_DSP_ACLE_H
#define NAS_DSP_ACLE_H

#include <arm_acle.h>
#include <stdint.h>

static inline uint32_t nas_even(uint32_t bytes)
{
    return (uint32_t)__sxtb16((int8x4_t)bytes);
}

static inline uint32_t nas_even_plus(uint32_t halves, uint32_t bytes)
{
    return (uint32_t)__sxtab16((int16x2_t)halves, (int8x4_t)bytes);
}

#ifdef __arm__
/* The rotation is part of the instruction, which GCC 12 does not see. */
static inline uint32_t nas_odd(uint32_t bytes)
{
    uint32_t result;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(bytes));
    return result;
}

static inline uint32_t nas_odd_plus(uint32_t halves, uint32_t bytes)
{
    uint32_t result;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(halves), "r"(bytes));
    return result;
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

static inline int32_t nas_add_products(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlad((int16x2_t)a, (int16x2_t)b, sum);
}

static inline int32_t nas_add_lower(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlabb((int32_t)a, (int32_t)b, sum);
}

static inline int32_t nas_add_upper(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlatt((int32_t)a, (int32_t)b, sum);
}

static inline uint32_t nas_half_as_u8(int32_t twice)
{
    return (uint32_t)__usat(twice >> 1, 8);
}

/* The difference only sets what __sel looks at. */
static inline uint32_t nas_larger_bytes(uint32_t a, uint32_t b)
{
    (void)__usub8(a, b);
    return __sel(a, b);
}

static inline uint32_t nas_smaller_bytes(uint32_t a, uint32_t b)
{
    (void)__usub8(b, a);
    return __sel(a, b);
}

#endif
