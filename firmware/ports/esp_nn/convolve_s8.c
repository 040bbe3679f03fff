/* esp_nn_conv_s8 in the place of nas_convolve_s8.
 *
 * Dilation, and scratch that does not fit, are the portable kernel's.
 */
#include "nas/kernels.h"

#define nas_convolve_s8 nas_convolve_s8_portable
#include "../../kernels/convolve_s8.c"
#undef nas_convolve_s8

#include "convert.h"

void nas_convolve_s8(const nas_conv_params *conv_params,
                     const nas_per_channel_quant_params *quant_params, const nas_dims *input_dims,
                     const int8_t *input, const nas_dims *filter_dims, const int8_t *filter,
                     const int32_t *bias, const nas_dims *output_dims, int8_t *output)
{
    const conv_params_t params = {
        .in_offset = conv_params->input_offset,
        .out_offset = conv_params->output_offset,
        .stride = nas_esp_tile(conv_params->stride),
        .padding = nas_esp_tile(conv_params->padding),
        .dilation = nas_esp_tile(conv_params->dilation),
        .activation = nas_esp_activation(conv_params->activation),
    };
    const quant_data_t quant = nas_esp_quant(quant_params);
    const data_dims_t in = nas_esp_dims(input_dims);
    const data_dims_t taps = nas_esp_dims(filter_dims);
    const data_dims_t out = nas_esp_dims(output_dims);
    const void *const scratch =
        nas_esp_is_dilated(conv_params->dilation)
            ? NULL
            : nas_port_scratch(esp_nn_get_conv_scratch_size(&in, &taps, &out, &params));
    if (scratch == NULL) {
        nas_convolve_s8_portable(conv_params, quant_params, input_dims, input, filter_dims, filter,
                                 bias, output_dims, output);
        return;
    }
    esp_nn_set_conv_scratch_buf(scratch);
    esp_nn_conv_s8(&in, input, &taps, filter, bias, &out, output, &params, &quant);
}
