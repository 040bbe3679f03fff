/* The functions of dsp.h for compilers without names for the instructions: spelt out. Those that
 * set and read flags which the compiler does not follow (GE) are one statement. */
#ifndef NAS_DSP_ASM_H
#define NAS_DSP_ASM_H

#include <stdint.h>

static inline uint32_t nas_even(uint32_t bytes)
{
    uint32_t result;
    __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(bytes));
    return result;
}

static inline uint32_t nas_even_plus(uint32_t halves, uint32_t bytes)
{
    uint32_t result;
    __asm__("sxtab16 %0, %1, %2" : "=r"(result) : "r"(halves), "r"(bytes));
    return result;
}

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

static inline int32_t nas_add_products(uint32_t a, uint32_t b, int32_t sum)
{
    __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
    return sum;
}

static inline int32_t nas_add_lower(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;
    __asm__("smlabb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

static inline int32_t nas_add_upper(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;
    __asm__("smlatt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

static inline uint32_t nas_half_as_u8(int32_t twice)
{
    uint32_t result;
    __asm__("usat %0, #8, %1, asr #1" : "=r"(result) : "r"(twice));
    return result;
}

static inline uint32_t nas_larger_bytes(uint32_t a, uint32_t b)
{
    uint32_t result;
    __asm__("usub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
    return result;
}

static inline uint32_t nas_smaller_bytes(uint32_t a, uint32_t b)
{
    uint32_t result;
    __asm__("usub8 %0, %2, %1\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
    return result;
}

#endif
