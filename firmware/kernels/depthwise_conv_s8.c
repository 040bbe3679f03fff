#include "nas/kernels.h"
#include "window.h"

typedef struct {
    const nas_dw_conv_params *params;
    const nas_dims *input_dims;
    const nas_dims *filter_dims;
} problem;

/* Sum over the taps inside the input; `input` and `filter` point at this channel's first value. */
static int32_t accumulate(const problem *p, nas_window rows, nas_window columns,
                          const int8_t *input, const int8_t *filter)
{
    const nas_tile dilation = p->params->dilation;
    const int32_t in_step = dilation.w * p->input_dims->c;
    const int32_t tap_step = p->filter_dims->c;
    const int32_t taps = columns.end - columns.begin;
    int32_t acc = 0;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        const int32_t y = rows.origin + ky * dilation.h;
        const int32_t x = columns.origin + columns.begin * dilation.w;
        const int8_t *value = input + (y * p->input_dims->w + x) * p->input_dims->c;
        const int8_t *tap = filter + (ky * p->filter_dims->w + columns.begin) * tap_step;
        for (int32_t k = 0; k < taps; ++k) {
            acc += (value[k * in_step] + p->params->input_offset) * tap[k * tap_step];
        }
    }
    return acc;
}

static void one_pixel(const problem *p, const nas_per_channel_quant_params *quant_params,
                      nas_window rows, nas_window columns, const int8_t *input,
                      const int8_t *filter, const int32_t *bias, int8_t *output)
{
    int32_t out = 0;
    for (int32_t c = 0; c < p->input_dims->c; ++c) {
        for (int32_t m = 0; m < p->params->ch_mult; ++m, ++out) {
            int32_t acc = accumulate(p, rows, columns, input + c, filter + out);
            acc += bias != NULL ? bias[out] : 0;
            acc = nas_requantize(acc, quant_params->multiplier[out], quant_params->shift[out]);
            output[out] = nas_clamp(acc + p->params->output_offset, &p->params->activation);
        }
    }
}

void nas_depthwise_conv_s8(const nas_dw_conv_params *dw_conv_params,
                           const nas_per_channel_quant_params *quant_params,
                           const nas_dims *input_dims, const int8_t *input,
                           const nas_dims *filter_dims, const int8_t *filter, const int32_t *bias,
                           const nas_dims *output_dims, int8_t *output)
{
    const problem p = {dw_conv_params, input_dims, filter_dims};
    for (int32_t y = 0; y < output_dims->h; ++y) {
        const nas_window rows =
            nas_window_at(y, dw_conv_params->stride.h, dw_conv_params->padding.h,
                          dw_conv_params->dilation.h, filter_dims->h, input_dims->h);
        for (int32_t x = 0; x < output_dims->w; ++x) {
            const nas_window columns =
                nas_window_at(x, dw_conv_params->stride.w, dw_conv_params->padding.w,
                              dw_conv_params->dilation.w, filter_dims->w, input_dims->w);
            one_pixel(&p, quant_params, rows, columns, input, filter, bias, output);
            output += output_dims->c;
        }
    }
}
