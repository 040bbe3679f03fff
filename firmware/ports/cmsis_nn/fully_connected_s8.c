/* arm_fully_connected_wrapper_s8 in the place of nas_fully_connected_s8.
 *
 * Its outputs may differ from ours by one step: it rounds twice, we as LiteRT do once.
 * Where the library wants sums prepared in scratch (vector instructions), the portable kernel
 * computes.
 */
#include "nas/kernels.h"

#define nas_fully_connected_s8 nas_fully_connected_s8_portable
#include "../../kernels/fully_connected_s8.c"
#undef nas_fully_connected_s8

#include "convert.h"

void nas_fully_connected_s8(const nas_fc_params *fc_params,
                            const nas_per_channel_quant_params *quant_params,
                            const nas_dims *input_dims, const int8_t *input,
                            const nas_dims *filter_dims, const int8_t *filter,
                            const int32_t *bias, const nas_dims *output_dims, int8_t *output)
{
    const cmsis_nn_fc_params params = {
        .input_offset = fc_params->input_offset,
        .filter_offset = 0,
        .output_offset = fc_params->output_offset,
        .activation = nas_arm_activation(fc_params->activation),
    };
    const cmsis_nn_quant_params quant = {.multiplier = (int32_t *)quant_params->multiplier,
                                         .shift = (int32_t *)quant_params->shift,
                                         .is_per_channel = 1};
    const cmsis_nn_dims in = {.n = 1, .h = 1, .w = 1, .c = filter_dims->n};
    const cmsis_nn_dims taps = nas_arm_dims(filter_dims);
    const cmsis_nn_dims out = {.n = 1, .h = 1, .w = 1, .c = filter_dims->c};
    const cmsis_nn_dims biases = nas_arm_bias_dims(filter_dims->c);
    const cmsis_nn_context context = {.buf = NULL, .size = 0};
    if (arm_fully_connected_s8_get_buffer_size(&taps) != 0 ||
        arm_fully_connected_wrapper_s8(&context, &params, &quant, &in, input, &taps, filter,
                                       &biases, bias, &out, output) != ARM_CMSIS_NN_SUCCESS) {
        nas_fully_connected_s8_portable(fc_params, quant_params, input_dims, input, filter_dims,
                                        filter, bias, output_dims, output);
    }
}
