/* Armv7E-M's instructions that the kernels use, in C: their DSP path runs on any computer, under
 * the sanitizers. Written from the operations in the Armv7-M architecture reference manual. */
#ifndef HOST_ARM_ACLE_H
#define HOST_ARM_ACLE_H

#include <stdint.h>

typedef uint32_t int8x4_t;
typedef uint32_t uint8x4_t;
typedef uint32_t int16x2_t;

static uint32_t host_ge;

static inline int32_t host_half(uint32_t x, int upper)
{
    return (int16_t)(uint16_t)(upper ? x >> 16 : x);
}

static inline uint32_t host_pack(int32_t lower, int32_t upper)
{
    return ((uint32_t)lower & 0xFFFFU) | ((uint32_t)upper << 16);
}

static inline int32_t host_byte(uint32_t x, int i)
{
    return (int8_t)(uint8_t)(x >> (8 * i));
}

static inline int16x2_t __sxtb16(int8x4_t x)
{
    return host_pack(host_byte(x, 0), host_byte(x, 2));
}

static inline int16x2_t __sxtab16(int16x2_t a, int8x4_t x)
{
    return host_pack(host_half(a, 0) + host_byte(x, 0), host_half(a, 1) + host_byte(x, 2));
}

static inline int32_t host_sum(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t __smlad(int16x2_t a, int16x2_t b, int32_t sum)
{
    const int32_t lower = host_half(a, 0) * host_half(b, 0);
    return host_sum(host_sum(sum, lower), host_half(a, 1) * host_half(b, 1));
}

static inline int32_t __smlabb(int32_t a, int32_t b, int32_t sum)
{
    return host_sum(sum, host_half((uint32_t)a, 0) * host_half((uint32_t)b, 0));
}

static inline int32_t __smlatt(int32_t a, int32_t b, int32_t sum)
{
    return host_sum(sum, host_half((uint32_t)a, 1) * host_half((uint32_t)b, 1));
}

static inline uint32_t host_usat(int32_t x, int32_t bits)
{
    const int32_t most = (int32_t)((1U << bits) - 1U);
    return (uint32_t)(x < 0 ? 0 : x > most ? most : x);
}
#define __usat(x, bits) host_usat(x, bits)

static inline uint8x4_t __usub8(uint8x4_t a, uint8x4_t b)
{
    uint32_t result = 0U;
    host_ge = 0U;
    for (int i = 0; i < 4; ++i) {
        const uint32_t x = (a >> (8 * i)) & 0xFFU, y = (b >> (8 * i)) & 0xFFU;
        result |= ((x - y) & 0xFFU) << (8 * i);
        host_ge |= x >= y ? 0xFFU << (8 * i) : 0U;
    }
    return result;
}

static inline uint8x4_t __sel(uint8x4_t a, uint8x4_t b)
{
    return (a & host_ge) | (b & ~host_ge);
}

#endif
