#include "fixed_point.h"
#include "nas/kernels.h"

static int32_t rescale(int32_t x, nas_per_tensor_quant_params scale)
{
    return nas_requantize(x, scale.multiplier, scale.shift);
}

void nas_elementwise_add_s8(const int8_t *input_1, const int8_t *input_2,
                            const nas_add_params *add_params, int8_t *output, int32_t block_size)
{
    const int32_t unit = (int32_t)1 << add_params->left_shift;
    for (int32_t i = 0; i < block_size; ++i) {
        const int32_t x = (input_1[i] + add_params->input_1_offset) * unit;
        const int32_t y = (input_2[i] + add_params->input_2_offset) * unit;
        const int32_t sum = rescale(x, add_params->input_1) + rescale(y, add_params->input_2);
        const int32_t scaled = rescale(sum, add_params->output);
        output[i] = nas_clamp(scaled + add_params->output_offset, &add_params->activation);
    }
}
