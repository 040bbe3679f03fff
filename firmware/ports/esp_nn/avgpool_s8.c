/* esp_nn_avg_pool_s8 in the place of nas_avgpool_s8.
 *
 * Sizes that do not fit 16 bits are the portable kernel's.
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
    const nas_tile stride = pool_params->stride;
    const nas_tile padding = pool_params->padding;
    if (!nas_esp_is_short(input_dims->w) || !nas_esp_is_short(input_dims->h) ||
        !nas_esp_is_short(input_dims->c)) {
        nas_avgpool_s8_portable(pool_params, input_dims, input, filter_dims, output_dims, output);
        return;
    }
    esp_nn_avg_pool_s8(input, (uint16_t)input_dims->w, (uint16_t)input_dims->h, output,
                       (uint16_t)output_dims->w, (uint16_t)output_dims->h, (uint16_t)stride.w,
                       (uint16_t)stride.h, (uint16_t)filter_dims->w, (uint16_t)filter_dims->h,
                       (uint16_t)padding.w, (uint16_t)padding.h, pool_params->activation.min,
                       pool_params->activation.max, (uint16_t)input_dims->c);
}
