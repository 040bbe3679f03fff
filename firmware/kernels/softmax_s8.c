#include "fixed_point.h"
#include "nas/kernels.h"

/* Qm.n below: m bits before the binary point, n behind it, one sign bit beside them. */
#define ONE_EIGHTH_Q0_31 (1 << 28)
#define ONE_QUARTER_Q5_26 (1 << 24)
#define ONE_Q2_29 (1 << 29)
#define SUM_INTEGER_BITS 12

static int32_t saturating_shift_left(int32_t x, int32_t exponent)
{
    const int32_t limit = (int32_t)((1U << (31 - exponent)) - 1U);
    if (x > limit) {
        return INT32_MAX;
    }
    return x < -limit ? INT32_MIN : nas_shift_left(x, exponent);
}

/* exp(a) for a in [-1/4, 0), Q0.31: Taylor's series to the fourth power around -1/8. */
static int32_t exp_near_zero(int32_t a)
{
    const int32_t exp_minus_eighth = 1895147668; /* exp(-1/8) */
    const int32_t third = 715827883;             /* 1/3 */
    const int32_t x = a + ONE_EIGHTH_Q0_31;
    const int32_t x2 = nas_high_mul(x, x);
    const int32_t x3 = nas_high_mul(x2, x);
    const int32_t x4_by_4 = nas_divide_by_power(nas_high_mul(x2, x2), 2);
    const int32_t higher = nas_divide_by_power(nas_high_mul(x4_by_4 + x3, third) + x2, 1);
    return exp_minus_eighth + nas_high_mul(exp_minus_eighth, x + higher);
}

/* exp(a) in Q0.31 for a <= 0 in Q5.26: the quarters of -a pick factors exp(-2^k), k = -2..4. */
static int32_t exp_of_negative(int32_t a)
{
    static const int32_t factor[] = {1672461947, 1302514674, 790015084, 290630308,
                                     39332535,   720401,     242};
    const int32_t rest = (a & (ONE_QUARTER_Q5_26 - 1)) - ONE_QUARTER_Q5_26;
    const int32_t quarters = (rest - a) / ONE_QUARTER_Q5_26;
    int32_t result;
    if (a == 0) {
        return INT32_MAX;
    }
    result = exp_near_zero(rest * 32);
    for (int32_t k = 0; k < (int32_t)(sizeof(factor) / sizeof(factor[0])); ++k) {
        if (((quarters >> k) & 1) != 0) {
            result = nas_high_mul(result, factor[k]);
        }
    }
    return result;
}

/* 1 / (1 + a) in Q0.31 for a in [0, 1) in Q0.31: three steps of Newton and Raphson. */
static int32_t reciprocal_of_one_plus(int32_t a)
{
    const int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
    int32_t x = 1515870810 + nas_high_mul(half, -1010580540); /* 48/17 - 32/17 d, Q2.29 */
    for (int32_t step = 0; step < 3; ++step) {
        const int32_t error = ONE_Q2_29 - nas_high_mul(half, x);
        x += saturating_shift_left(nas_high_mul(x, error), 2);
    }
    return saturating_shift_left(x, 1);
}

static int32_t leading_zeros(uint32_t x)
{
    int32_t count = 0;
    while (count < 32 && (x & 0x80000000U) == 0U) {
        x <<= 1;
        ++count;
    }
    return count;
}

static int32_t row_maximum(const int8_t *row, int32_t size)
{
    int32_t largest = INT8_MIN;
    for (int32_t c = 0; c < size; ++c) {
        largest = nas_max(largest, row[c]);
    }
    return largest;
}

static int32_t exp_of_difference(int32_t difference, int32_t mult, int32_t shift)
{
    return exp_of_negative(nas_high_mul(nas_shift_left(difference, shift), mult));
}

/* product / 2^exponent to nearest; the product is below 2^31, so above 31 that is 0. */
static int32_t share(int32_t product, int32_t exponent)
{
    return exponent > 31 ? 0 : nas_divide_by_power(product, exponent);
}

static void softmax_row(const int8_t *row, int32_t size, int32_t mult, int32_t shift,
                        int32_t diff_min, int8_t *output)
{
    static const nas_activation int8_range = {INT8_MIN, INT8_MAX};
    const int32_t largest = row_maximum(row, size);
    int32_t sum = 0;
    int32_t zeros, scale;
    for (int32_t c = 0; c < size; ++c) {
        if (row[c] - largest >= diff_min) {
            const int32_t power = exp_of_difference(row[c] - largest, mult, shift);
            sum += nas_divide_by_power(power, SUM_INTEGER_BITS);
        }
    }
    zeros = leading_zeros((uint32_t)sum);
    scale = reciprocal_of_one_plus((int32_t)(((uint32_t)sum << zeros) - (1U << 31)));
    for (int32_t c = 0; c < size; ++c) {
        int32_t result = INT8_MIN;
        if (row[c] - largest >= diff_min) {
            const int32_t power = exp_of_difference(row[c] - largest, mult, shift);
            const int32_t product = nas_high_mul(scale, power);
            result += share(product, SUM_INTEGER_BITS - zeros + 23);
        }
        output[c] = nas_clamp(result, &int8_range);
    }
}

void nas_softmax_s8(const int8_t *input, int32_t num_rows, int32_t row_size, int32_t mult,
                    int32_t shift, int32_t diff_min, int8_t *output)
{
    for (int32_t r = 0; r < num_rows; ++r) {
        softmax_row(input + r * row_size, row_size, mult, shift, diff_min, output + r * row_size);
    }
}
