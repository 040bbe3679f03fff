#include "fixed_point.h"
#include "nas/kernels.h"

void nas_mean_s8(const nas_mean_params *mean_params, const nas_dims *input_dims,
                 const int8_t *input, int8_t *output)
{
    static const nas_activation int8_range = {INT8_MIN, INT8_MAX};
    const int32_t pixels = input_dims->h * input_dims->w;
    for (int32_t c = 0; c < input_dims->c; ++c) {
        int32_t sum = pixels * mean_params->input_offset;
        for (int32_t pixel = 0; pixel < pixels; ++pixel) {
            sum += input[pixel * input_dims->c + c];
        }
        sum = nas_requantize(sum, mean_params->scale.multiplier, mean_params->scale.shift);
        output[c] = nas_clamp(sum + mean_params->output_offset, &int8_range);
    }
}
