/* Fixed-point arithmetic that the kernels share, with the rounding of TensorFlow Lite's reference
 * kernels: two roundings (after the product, and after the shift), but for fully connected one.
 */
#ifndef NAS_FIXED_POINT_H
#define NAS_FIXED_POINT_H

#include "group.h"

/* a * b / 2^31 to nearest, halves upward; a and b are not both INT32_MIN. */
static inline int32_t nas_high_mul(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* x / 2^exponent to nearest, halves away from zero; exponent in [0, 31]. */
static inline int32_t nas_divide_by_power(int32_t x, int32_t exponent)
{
    const int32_t mask = (int32_t)((1U << exponent) - 1U);
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* x * 2^exponent modulo 2^32; exponent in [0, 31]. */
static inline int32_t nas_shift_left(int32_t x, int32_t exponent)
{
    return (int32_t)((uint32_t)x << exponent);
}

/* x * multiplier * 2^(shift - 31), rounded twice. */
static inline int32_t nas_requantize(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    return nas_divide_by_power(nas_high_mul(nas_shift_left(x, left), multiplier), right);
}

/* Both roundings of nas_requantize in two steps, where shift is at most -2:
 *
 *     nas_requantize(x, m, shift) == ((nas_high_part(x, m) >> (-2 - shift)) + 1) >> 1
 *
 * nas_high_part is (x * m + 2^30) / 2^32 rounded down for x >= 0. For x < 0 it is that of
 * x * m + 2^30 - 2^31: one less before the second rounding sends its halves away from zero.
 * nas_high_half(2 * x, m) is nas_high_mul(x, m), for |x| below 2^30. Both take the multipliers of
 * types.h. */
#ifdef NAS_ARMV6M
/* It has products of 32 bits only: the bits of x * m from 16 on, out of four of 16 x 16 bits, as
 * high * 2^32 + low * 2^16. No sum overflows: m is not negative, so low is in [0, 2^31 - 2^15]. */
typedef struct {
    int32_t high;
    int32_t low;
} nas_upper_bits;

static inline nas_upper_bits nas_upper_product(int32_t x, int32_t m)
{
    const uint32_t x_low = (uint32_t)x & 0xFFFFU, m_low = (uint32_t)m & 0xFFFFU;
    const int32_t x_high = x >> 16, m_high = m >> 16;
    const int32_t middle = x_high * (int32_t)m_low + (int32_t)((x_low * m_low) >> 16);
    const nas_upper_bits bits = {x_high * m_high + (middle >> 16),
                                 (int32_t)x_low * m_high + (middle & 0xFFFF)};
    return bits;
}

static inline int32_t nas_high_part(int32_t x, int32_t m)
{
    const nas_upper_bits product = nas_upper_product(x, m);
    return product.high + ((product.low + 0x4000 - (x < 0 ? 0x8000 : 0)) >> 16);
}

static inline int32_t nas_high_half(int32_t x, int32_t m)
{
    const nas_upper_bits product = nas_upper_product(x, m);
    return product.high + (int32_t)(((uint32_t)product.low + 0x8000U) >> 16);
}
#else
static inline int32_t nas_high_part(int32_t x, int32_t m)
{
    const int32_t sign = x < 0 ? -1 : 0;
    const uint32_t low = 0x40000000U ^ ((uint32_t)sign << 31);
    const int64_t half = (int64_t)(((uint64_t)(uint32_t)sign << 32) | low);
    return (int32_t)((half + (int64_t)x * m) >> 32);
}

static inline int32_t nas_high_half(int32_t x, int32_t m)
{
    return (int32_t)(((int64_t)x * m + ((int64_t)1 << 31)) >> 32);
}
#endif

/* x * multiplier * 2^(shift - 31), rounded once to nearest, halves away from zero. */
static inline int32_t nas_requantize_once(int32_t x, int32_t multiplier, int32_t shift)
{
    const uint32_t size = x < 0 ? 0U - (uint32_t)x : (uint32_t)x;
    const uint64_t product = (uint64_t)size * (uint32_t)multiplier;
    const int32_t half_bits = 30 - shift;
    const uint32_t halves = half_bits >= 32 ? (uint32_t)(product >> 32) >> (half_bits - 32)
                                            : (uint32_t)(product >> half_bits);
    const int32_t rounded = (int32_t)((halves >> 1) + (halves & 1U));
    return x < 0 ? -rounded : rounded;
}

static inline int32_t nas_max(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static inline int32_t nas_min(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int8_t nas_clamp(int32_t x, const nas_activation *activation)
{
    return (int8_t)nas_min(nas_max(x, activation->min), activation->max);
}

#endif
