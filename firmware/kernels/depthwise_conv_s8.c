#include "dsp.h"
#include "nas/kernels.h"
#include "output_s8.h"
#include "window.h"

/* What all pixels share, and the taps of one that lie inside the input; steps in bytes. */
typedef struct {
    int32_t input_offset;
    int32_t input_step; /* from a tap to the next of its row */
    int32_t filter_step;
    int32_t input_row; /* from a row of taps to the next */
    int32_t filter_row;
    int32_t rows;
    int32_t columns;
    const int32_t *bias;
    nas_output_stage stage;
} taps;

#ifdef NAS_DSP
/* One tap of four outputs: outputs 0 and 2, then 1 and 3, in the halves of `even` and `odd`. */
static inline void add_tap(uint32_t even, uint32_t odd, uint32_t weights, int32_t *sums)
{
    const uint32_t even_weights = nas_even(weights), odd_weights = nas_odd(weights);
    sums[0] = nas_add_lower(even, even_weights, sums[0]);
    sums[2] = nas_add_upper(even, even_weights, sums[2]);
    sums[1] = nas_add_lower(odd, odd_weights, sums[1]);
    sums[3] = nas_add_upper(odd, odd_weights, sums[3]);
}

static inline void channel_tap(const int8_t *x, const int8_t *f, uint32_t offsets, int32_t *sums)
{
    const uint32_t values = nas_load4(x);
    add_tap(nas_even_plus(offsets, values), nas_odd_plus(offsets, values), nas_load4(f), sums);
    NAS_NEXT_LOAD();
}

static inline void channels_row(const taps *t, const int8_t *x, const int8_t *f, int32_t *sums)
{
    const uint32_t offsets = nas_both_halves(t->input_offset);
    const int32_t columns = t->columns, input_step = t->input_step, step = t->filter_step;
    if (columns == 3 && input_step == step) {
        channel_tap(x, f, offsets, sums);
        channel_tap(x + step, f + step, offsets, sums);
        channel_tap(x + 2 * step, f + 2 * step, offsets, sums);
        return;
    }
    for (int32_t k = 0; k < columns; ++k) {
        channel_tap(x, f, offsets, sums);
        x += input_step;
        f += step;
    }
}

static inline void filters_row(const taps *t, const int8_t *x, const int8_t *f, int32_t *sums)
{
    for (int32_t k = 0; k < t->columns; ++k) {
        const uint32_t value = nas_both_halves(x[0] + t->input_offset);
        add_tap(value, value, nas_load4(f), sums);
        x += t->input_step;
        f += t->filter_step;
    }
}
#else
static inline void channels_row(const taps *t, const int8_t *x, const int8_t *f, int32_t *sums)
{
    for (int32_t k = 0; k < t->columns; ++k) {
        sums[0] += (x[0] + t->input_offset) * f[0];
        sums[1] += (x[1] + t->input_offset) * f[1];
        sums[2] += (x[2] + t->input_offset) * f[2];
        sums[3] += (x[3] + t->input_offset) * f[3];
        x += t->input_step;
        f += t->filter_step;
    }
}

static inline void filters_row(const taps *t, const int8_t *x, const int8_t *f, int32_t *sums)
{
    for (int32_t k = 0; k < t->columns; ++k) {
        const int32_t value = x[0] + t->input_offset;
        sums[0] += value * f[0];
        sums[1] += value * f[1];
        sums[2] += value * f[2];
        sums[3] += value * f[3];
        x += t->input_step;
        f += t->filter_step;
    }
}
#endif

/* Four outputs from `out` on; `input` and `filter` point at the first tap of the first one. With
 * a filter a channel the outputs lie in four channels, else all in one. */
static inline void four(const taps *t, const int8_t *input, const int8_t *filter, int32_t out,
                        int channels, int8_t *output)
{
    const int32_t *const start = nas_first_sums(t->bias, out);
    int32_t a[NAS_GROUP] = {start[0], start[1], start[2], start[3]};
    int32_t sums[NAS_GROUP];
    for (int32_t row = t->rows; row > 0; --row) {
        if (channels) {
            channels_row(t, input, filter, a);
        } else {
            filters_row(t, input, filter, a);
        }
        input += t->input_row;
        filter += t->filter_row;
    }
    sums[0] = a[0], sums[1] = a[1], sums[2] = a[2], sums[3] = a[3];
    nas_output4_s8(&t->stage, out, sums, output);
}

static void one(const taps *t, const int8_t *input, const int8_t *filter, int32_t out,
                int8_t *output)
{
    int32_t sum = *nas_first_sums(t->bias, out);
    for (int32_t row = t->rows; row > 0; --row) {
        for (int32_t k = 0; k < t->columns; ++k) {
            sum += (input[k * t->input_step] + t->input_offset) * filter[k * t->filter_step];
        }
        input += t->input_row;
        filter += t->filter_row;
    }
    nas_output1_s8(&t->stage, out, sum, output);
}

/* All outputs of a pixel, of `n` channels with a filter each. */
static void pixel_of_channels(const taps *t, const int8_t *input, const int8_t *filter, int32_t n,
                              int8_t *output)
{
    int32_t c = 0;
    for (; n - c >= NAS_GROUP; c += NAS_GROUP) {
        four(t, input + c, filter + c, c, 1, output + c);
    }
    for (; c < n; ++c) {
        one(t, input + c, filter + c, c, output + c);
    }
}

/* Outputs first to last - 1 of a pixel: those of one channel. */
static void pixel_of_filters(const taps *t, const int8_t *input, const int8_t *filter,
                             int32_t first, int32_t last, int8_t *output)
{
    int32_t out = first;
    for (; last - out >= NAS_GROUP; out += NAS_GROUP) {
        four(t, input, filter + out, out, 0, output + out);
    }
    for (; out < last; ++out) {
        one(t, input, filter + out, out, output + out);
    }
}

void nas_depthwise_conv_s8(const nas_dw_conv_params *dw_conv_params,
                           const nas_per_channel_quant_params *quant_params,
                           const nas_dims *input_dims, const int8_t *input,
                           const nas_dims *filter_dims, const int8_t *filter, const int32_t *bias,
                           const nas_dims *output_dims, int8_t *output)
{
    const nas_dw_conv_params *const params = dw_conv_params;
    const nas_tile dilation = params->dilation;
    const int32_t channels = input_dims->c, input_row = input_dims->w * channels;
    const int32_t outputs = filter_dims->c, filter_row = filter_dims->w * outputs;
    const int32_t multiplier = params->ch_mult;
    taps t;
    t.input_offset = params->input_offset;
    t.input_step = dilation.w * channels;
    t.filter_step = outputs;
    t.input_row = dilation.h * input_row;
    t.filter_row = filter_row;
    t.bias = bias;
    nas_set_output_stage(&t.stage, quant_params, params->output_offset, &params->activation, 0);
    for (int32_t y = 0; y < output_dims->h; ++y) {
        const nas_window rows = nas_window_at(y, params->stride.h, params->padding.h, dilation.h,
                                              filter_dims->h, input_dims->h);
        const int8_t *line = input + (rows.origin + rows.begin * dilation.h) * input_row;
        const int8_t *taps_line = filter + rows.begin * filter_row;
        t.rows = rows.end - rows.begin;
        for (int32_t x = 0; x < output_dims->w; ++x) {
            const nas_window columns =
                nas_window_at(x, params->stride.w, params->padding.w, dilation.w, filter_dims->w,
                              input_dims->w);
            const int8_t *first = line + (columns.origin + columns.begin * dilation.w) * channels;
            const int8_t *first_tap = taps_line + columns.begin * outputs;
            t.columns = columns.end - columns.begin;
            if (multiplier == 1) {
                pixel_of_channels(&t, first, first_tap, channels, output);
            } else {
                for (int32_t c = 0; c < channels; ++c) {
                    pixel_of_filters(&t, first + c, first_tap, c * multiplier,
                                     (c + 1) * multiplier, output);
                }
            }
            output += outputs;
        }
    }
}
