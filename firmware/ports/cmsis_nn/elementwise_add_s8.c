/* arm_elementwise_add_s8 in the place of nas_elementwise_add_s8.
 *
 * A refusal leaves it to the portable kernel.
 */
#include "nas/kernels.h"

#define nas_elementwise_add_s8 nas_elementwise_add_s8_portable
#include "../../kernels/elementwise_add_s8.c"
#undef nas_elementwise_add_s8

#include "convert.h"

void nas_elementwise_add_s8(const int8_t *input_1, const int8_t *input_2,
                            const nas_add_params *add_params, int8_t *output, int32_t block_size)
{
    if (arm_elementwise_add_s8(
            input_1, input_2, add_params->input_1_offset, add_params->input_1.multiplier,
            add_params->input_1.shift, add_params->input_2_offset, add_params->input_2.multiplier,
            add_params->input_2.shift, add_params->left_shift, output, add_params->output_offset,
            add_params->output.multiplier, add_params->output.shift, add_params->activation.min,
            add_params->activation.max, block_size) != ARM_CMSIS_NN_SUCCESS) {
        nas_elementwise_add_s8_portable(input_1, input_2, add_params, output, block_size);
    }
}
