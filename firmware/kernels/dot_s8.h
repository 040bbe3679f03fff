/* Dot products of one run of inputs with several filters: the inner loop of convolve and
 * fully_connected. Reading each input once for four filters halves the loads of a product. */
#ifndef NAS_DOT_S8_H
#define NAS_DOT_S8_H

#include "nas/types.h"

#define NAS_DOT_FILTERS 4

/* acc[i] += sum over n of (input[k] + input_offset) * filter[i * filter_stride + k], for i < 4. */
void nas_dot4_s8(const int8_t *input, const int8_t *filter, int32_t filter_stride, int32_t n,
                 int32_t input_offset, int32_t acc[NAS_DOT_FILTERS]);

/* acc[0] += the same sum for i = 0 alone. */
void nas_dot1_s8(const int8_t *input, const int8_t *filter, int32_t n, int32_t input_offset,
                 int32_t acc[1]);

#endif
