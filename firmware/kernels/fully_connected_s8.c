#include "dot_s8.h"
#include "fixed_point.h"
#include "nas/kernels.h"

void nas_fully_connected_s8(const nas_fc_params *fc_params,
                            const nas_per_channel_quant_params *quant_params,
                            const nas_dims *input_dims, const int8_t *input,
                            const nas_dims *filter_dims, const int8_t *filter,
                            const int32_t *bias, const nas_dims *output_dims, int8_t *output)
{
    const int32_t n = filter_dims->n;
    const int32_t outputs = filter_dims->c;
    int32_t count;
    (void)input_dims;
    (void)output_dims;
    for (int32_t out = 0; out < outputs; out += count) {
        int32_t acc[NAS_DOT_FILTERS] = {0, 0, 0, 0};
        count = outputs - out < NAS_DOT_FILTERS ? 1 : NAS_DOT_FILTERS;
        if (count == NAS_DOT_FILTERS) {
            nas_dot4_s8(input, filter + out * n, n, n, fc_params->input_offset, acc);
        } else {
            nas_dot1_s8(input, filter + out * n, n, fc_params->input_offset, acc);
        }
        for (int32_t i = 0; i < count; ++i) {
            const int32_t sum = acc[i] + (bias != NULL ? bias[out + i] : 0);
            const int32_t scaled = nas_requantize_once(sum, quant_params->multiplier[out + i],
                                                       quant_params->shift[out + i]);
            output[out + i] = nas_clamp(scaled + fc_params->output_offset, &fc_params->activation);
        }
    }
}
