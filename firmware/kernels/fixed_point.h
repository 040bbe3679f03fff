/* Fixed-point arithmetic that the kernels share, with the rounding of TensorFlow Lite's reference
 * kernels: two roundings (after the product, and after the shift), but for fully connected one.
 */
#ifndef NAS_FIXED_POINT_H
#define NAS_FIXED_POINT_H

#include "nas/types.h"

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

/* x * multiplier * 2^(shift - 31), rounded once to nearest, halves away from zero. */
static inline int32_t nas_requantize_once(int32_t x, int32_t multiplier, int32_t shift)
{
    const int64_t product = (int64_t)x * multiplier;
    const int32_t bits = 31 - shift;
    const int64_t half = (int64_t)1 << (bits - 1);
    const int64_t size = ((product < 0 ? -product : product) + half) >> bits;
    return (int32_t)(product < 0 ? -size : size);
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
