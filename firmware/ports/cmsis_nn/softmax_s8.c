/* arm_softmax_s8 in the place of nas_softmax_s8: the same arguments in the same order. */
#include "arm_nnfunctions.h"
#include "nas/kernels.h"

void nas_softmax_s8(const int8_t *input, int32_t num_rows, int32_t row_size, int32_t mult,
                    int32_t shift, int32_t diff_min, int8_t *output)
{
    arm_softmax_s8(input, num_rows, row_size, mult, shift, diff_min, output);
}
