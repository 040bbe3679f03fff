/* esp_nn_fully_connected_per_ch_s8 in the place of nas_fully_connected_s8.
 *
 * Its outputs may differ from ours by one step: it rounds twice, we as LiteRT do once.
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
    if (!nas_esp_is_short(filter_dims->n) || !nas_esp_is_short(filter_dims->c)) {
        nas_fully_connected_s8_portable(fc_params, quant_params, input_dims, input, filter_dims,
                                        filter, bias, output_dims, output);
        return;
    }
    esp_nn_fully_connected_per_ch_s8(
        input, fc_params->input_offset, (uint16_t)filter_dims->n, filter, 0, bias, output,
        (uint16_t)filter_dims->c, fc_params->output_offset, quant_params->shift,
        quant_params->multiplier, fc_params->activation.min, fc_params->activation.max);
}
