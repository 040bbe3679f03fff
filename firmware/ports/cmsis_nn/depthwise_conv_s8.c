/* arm_depthwise_conv_wrapper_s8 in the place of nas_depthwise_conv_s8.
 *
 * Dilation, which not every version reads, and scratch that does not fit, are the portable
 * kernel's.
 */
#include "nas/kernels.h"

#define nas_depthwise_conv_s8 nas_depthwise_conv_s8_portable
#include "../../kernels/depthwise_conv_s8.c"
#undef nas_depthwise_conv_s8

#include "convert.h"

void nas_depthwise_conv_s8(const nas_dw_conv_params *dw_conv_params,
                           const nas_per_channel_quant_params *quant_params,
                           const nas_dims *input_dims, const int8_t *input,
                           const nas_dims *filter_dims, const int8_t *filter, const int32_t *bias,
                           const nas_dims *output_dims, int8_t *output)
{
    const cmsis_nn_dw_conv_params params = {
        .input_offset = dw_conv_params->input_offset,
        .output_offset = dw_conv_params->output_offset,
        .ch_mult = dw_conv_params->ch_mult,
        .stride = nas_arm_tile(dw_conv_params->stride),
        .padding = nas_arm_tile(dw_conv_params->padding),
        .dilation = nas_arm_tile(dw_conv_params->dilation),
        .activation = nas_arm_activation(dw_conv_params->activation),
    };
    const cmsis_nn_per_channel_quant_params quant = nas_arm_quant(quant_params);
    const cmsis_nn_dims in = nas_arm_dims(input_dims);
    const cmsis_nn_dims kernel = nas_arm_dims(filter_dims);
    const cmsis_nn_dims out = nas_arm_dims(output_dims);
    const cmsis_nn_dims biases = nas_arm_bias_dims(output_dims->c);
    const int dilated = params.dilation.w != 1 || params.dilation.h != 1;
    const int32_t size =
        dilated ? -1
                : arm_depthwise_conv_wrapper_s8_get_buffer_size(&params, &in, &kernel, &out);
    const cmsis_nn_context context = nas_arm_context(size);
    if (!nas_arm_fits(&context) ||
        arm_depthwise_conv_wrapper_s8(&context, &params, &quant, &in, input, &kernel, filter,
                                      &biases, bias, &out, output) != ARM_CMSIS_NN_SUCCESS) {
        nas_depthwise_conv_s8_portable(dw_conv_params, quant_params, input_dims, input,
                                       filter_dims, filter, bias, output_dims, output);
    }
}
