#include "dot_s8.h"
#include "nas/kernels.h"

void nas_fully_connected_s8(const nas_fc_params *fc_params,
                            const nas_per_channel_quant_params *quant_params,
                            const nas_dims *input_dims, const int8_t *input,
                            const nas_dims *filter_dims, const int8_t *filter,
                            const int32_t *bias, const nas_dims *output_dims, int8_t *output)
{
    const int32_t elements = filter_dims->n;
    nas_filters filters;
    const nas_dot_window window = {1, elements, 0, 0, 1, 0, 0};
    (void)input_dims;
    (void)output_dims;
    filters.bias = bias;
    filters.count = filter_dims->c;
    filters.stride = elements;
    filters.input_offset = fc_params->input_offset;
    nas_set_output_stage(&filters.stage, quant_params, fc_params->output_offset,
                         &fc_params->activation, 1);
    nas_dot_s8(&filters, &window, input, filter, output);
}
