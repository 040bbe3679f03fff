#include "dot_s8.h"

void nas_dot4_s8(const int8_t *input, const int8_t *filter, int32_t filter_stride, int32_t n,
                 int32_t input_offset, int32_t acc[NAS_DOT_FILTERS])
{
    const int8_t *f0 = filter;
    const int8_t *f1 = f0 + filter_stride;
    const int8_t *f2 = f1 + filter_stride;
    const int8_t *f3 = f2 + filter_stride;
    int32_t a0 = acc[0], a1 = acc[1], a2 = acc[2], a3 = acc[3];
    for (int32_t k = 0; k < n; ++k) {
        const int32_t x = input[k] + input_offset;
        a0 += x * f0[k];
        a1 += x * f1[k];
        a2 += x * f2[k];
        a3 += x * f3[k];
    }
    acc[0] = a0;
    acc[1] = a1;
    acc[2] = a2;
    acc[3] = a3;
}

void nas_dot1_s8(const int8_t *input, const int8_t *filter, int32_t n, int32_t input_offset,
                 int32_t acc[1])
{
    int32_t sum = acc[0];
    for (int32_t k = 0; k < n; ++k) {
        sum += (input[k] + input_offset) * filter[k];
    }
    acc[0] = sum;
}
