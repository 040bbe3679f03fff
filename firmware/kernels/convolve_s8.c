#include "dot_s8.h"
#include "nas/kernels.h"
#include "window.h"

typedef struct {
    const nas_conv_params *params;
    const nas_dims *input_dims;
    const int8_t *input;
    const nas_dims *filter_dims;
    const int8_t *filter;
} problem;

/* Add `filters` (1 or 4) dot products over `n` elements from input (y, x) and tap (ky, kx). */
static void run(const problem *p, int32_t y, int32_t x, int32_t ky, int32_t kx, int32_t out_c,
                int32_t n, int32_t filters, int32_t *acc)
{
    const int32_t c = p->filter_dims->c;
    const int32_t row = p->filter_dims->w * c;
    const int32_t stride = p->filter_dims->h * row;
    const int8_t *input = p->input + (y * p->input_dims->w + x) * c;
    const int8_t *filter = p->filter + out_c * stride + ky * row + kx * c;
    if (filters == NAS_DOT_FILTERS) {
        nas_dot4_s8(input, filter, stride, n, p->params->input_offset, acc);
    } else {
        nas_dot1_s8(input, filter, n, p->params->input_offset, acc);
    }
}

/* Without dilation the taps of one row are neighbours in input and filter: one run. */
static void accumulate(const problem *p, nas_window rows, nas_window columns, int32_t out_c,
                       int32_t filters, int32_t *acc)
{
    const nas_tile dilation = p->params->dilation;
    const int32_t taps = columns.end - columns.begin;
    const int32_t joined = dilation.w == 1 ? taps : 1;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        const int32_t y = rows.origin + ky * dilation.h;
        for (int32_t kx = columns.begin; kx < columns.end; kx += joined) {
            const int32_t x = columns.origin + kx * dilation.w;
            run(p, y, x, ky, kx, out_c, joined * p->filter_dims->c, filters, acc);
        }
    }
}

static void one_pixel(const problem *p, const nas_per_channel_quant_params *quant_params,
                      nas_window rows, nas_window columns, const int32_t *bias, int8_t *output)
{
    const int32_t out_channels = p->filter_dims->n;
    int32_t filters;
    for (int32_t c = 0; c < out_channels; c += filters) {
        int32_t acc[NAS_DOT_FILTERS];
        filters = out_channels - c < NAS_DOT_FILTERS ? 1 : NAS_DOT_FILTERS;
        for (int32_t i = 0; i < filters; ++i) {
            acc[i] = bias != NULL ? bias[c + i] : 0;
        }
        accumulate(p, rows, columns, c, filters, acc);
        for (int32_t i = 0; i < filters; ++i) {
            const int32_t scaled = nas_requantize(acc[i], quant_params->multiplier[c + i],
                                                  quant_params->shift[c + i]);
            output[c + i] = nas_clamp(scaled + p->params->output_offset, &p->params->activation);
        }
    }
}

void nas_convolve_s8(const nas_conv_params *conv_params,
                     const nas_per_channel_quant_params *quant_params, const nas_dims *input_dims,
                     const int8_t *input, const nas_dims *filter_dims, const int8_t *filter,
                     const int32_t *bias, const nas_dims *output_dims, int8_t *output)
{
    const problem p = {conv_params, input_dims, input, filter_dims, filter};
    for (int32_t y = 0; y < output_dims->h; ++y) {
        const nas_window rows =
            nas_window_at(y, conv_params->stride.h, conv_params->padding.h,
                          conv_params->dilation.h, filter_dims->h, input_dims->h);
        for (int32_t x = 0; x < output_dims->w; ++x) {
            const nas_window columns =
                nas_window_at(x, conv_params->stride.w, conv_params->padding.w,
                              conv_params->dilation.w, filter_dims->w, input_dims->w);
            one_pixel(&p, quant_params, rows, columns, bias, output);
            output += output_dims->c;
        }
    }
}
