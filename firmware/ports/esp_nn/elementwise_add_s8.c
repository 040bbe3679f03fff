/* esp_nn_add_elementwise_s8 in the place of nas_elementwise_add_s8. */
#include "esp_nn.h"
#include "nas/kernels.h"

void nas_elementwise_add_s8(const int8_t *input_1, const int8_t *input_2,
                            const nas_add_params *add_params, int8_t *output, int32_t block_size)
{
    esp_nn_add_elementwise_s8(input_1, input_2, add_params->input_1_offset,
                              add_params->input_2_offset, add_params->input_1.multiplier,
                              add_params->input_2.multiplier, add_params->input_1.shift,
                              add_params->input_2.shift, add_params->left_shift, output,
                              add_params->output_offset, add_params->output.multiplier,
                              add_params->output.shift, add_params->activation.min,
                              add_params->activation.max, block_size);
}
