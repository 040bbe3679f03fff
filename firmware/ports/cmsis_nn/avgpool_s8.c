/* arm_avgpool_s8 in the place of nas_avgpool_s8.
 *
 * Scratch that does not fit, or a refusal, leaves it to the portable kernel.
 */
#include "nas/kernels.h"

#define nas_avgpool_s8 nas_avgpool_s8_portable
#include "../../kernels/avgpool_s8.c"
#undef nas_avgpool_s8

#include "convert.h"

void nas_avgpool_s8(const nas_pool_params *pool_params, const nas_dims *input_dims,
                    const int8_t *input, const nas_dims *filter_dims, const nas_dims *output_dims,
                    int8_t *output)
{
    const cmsis_nn_pool_params params = nas_arm_pool(pool_params);
    const cmsis_nn_dims in = nas_arm_dims(input_dims);
    const cmsis_nn_dims window = nas_arm_dims(filter_dims);
    const cmsis_nn_dims out = nas_arm_dims(output_dims);
    const cmsis_nn_context context =
        nas_arm_context(arm_avgpool_s8_get_buffer_size(output_dims->w, input_dims->c));
    if (!nas_arm_fits(&context) ||
        arm_avgpool_s8(&context, &params, &in, input, &window, &out, output) !=
            ARM_CMSIS_NN_SUCCESS) {
        nas_avgpool_s8_portable(pool_params, input_dims, input, filter_dims, output_dims, output);
    }
}
