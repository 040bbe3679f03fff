#include "dot_s8.h"
#include "nas/kernels.h"
#include "window.h"

/* A kernel of no more bytes has its window copied, padding and all: one run, once a pixel. */
#define COPIED_BYTES 64

typedef struct {
    const nas_conv_params *params;
    nas_filters filters;
    int32_t channels;   /* of the input */
    int32_t input_row;  /* bytes */
    int32_t filter_row;
} problem;

/* Copy the window of a pixel as one run; elements outside the input are its zero point. `input` is
 * the first column of the first row inside. Byte by byte: for so few, a call of memcpy takes as
 * long, which the loops become unless something stands in them. */
static __attribute__((noinline)) void copy_window(const problem *p, const int8_t *input,
                                                  nas_window rows, nas_window columns,
                                                  int8_t copy[COPIED_BYTES])
{
    const nas_tile dilation = p->params->dilation;
    const int32_t bytes = p->filters.stride, taps = columns.end - columns.begin;
    const int32_t joined = dilation.w == 1 ? taps : 1;
    if ((rows.end - rows.begin) * taps * p->channels != bytes) {
        for (int32_t i = 0; i < bytes; ++i) {
            copy[i] = (int8_t)-p->filters.input_offset;
            NAS_NEXT_LOAD();
        }
    }
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        int8_t *to = copy + ky * p->filter_row + columns.begin * p->channels;
        for (int32_t kx = columns.begin; kx < columns.end; kx += joined) {
            const int8_t *from = input + (columns.origin + kx * dilation.w) * p->channels;
            for (int32_t i = 0; i < joined * p->channels; ++i) {
                *to++ = *from++;
                NAS_NEXT_LOAD();
            }
        }
        input += dilation.h * p->input_row;
    }
}

/* The window of a pixel where it lies, of `taps` in each of `lines`. Without dilation the taps of a
 * line are one row, and so are lines without a gap between them; with it each tap is a row. */
static nas_dot_window in_place(const problem *p, int32_t lines, int32_t taps)
{
    const nas_tile dilation = p->params->dilation;
    const int32_t line = dilation.h * p->input_row, row = p->filter_row, tap = p->channels;
    nas_dot_window window = {lines, taps * tap, line, row, lines, 0, 0};
    if (lines == 0 || taps == 0) {
        window.rows = 1;
        window.columns = 0;
    } else if (dilation.w > 1) {
        window.rows = lines * taps;
        window.columns = tap;
        window.input_step = dilation.w * tap;
        window.filter_step = tap;
        window.rows_a_line = taps;
        window.input_gap = line - taps * window.input_step;
        window.filter_gap = row - taps * tap;
    } else if (line == window.columns && row == line) {
        window.rows = 1;
        window.columns *= lines;
    }
    return window;
}

void nas_convolve_s8(const nas_conv_params *conv_params,
                     const nas_per_channel_quant_params *quant_params, const nas_dims *input_dims,
                     const int8_t *input, const nas_dims *filter_dims, const int8_t *filter,
                     const int32_t *bias, const nas_dims *output_dims, int8_t *output)
{
    const int32_t channels = filter_dims->c, filter_row = filter_dims->w * channels;
    const int32_t bytes = filter_dims->h * filter_row;
    const nas_tile dilation = conv_params->dilation;
    const int copied = bytes <= COPIED_BYTES && (filter_dims->h > 1 || dilation.w > 1);
    int8_t copy[COPIED_BYTES];
    problem p;
    p.params = conv_params;
    p.channels = channels;
    p.input_row = input_dims->w * channels;
    p.filter_row = filter_row;
    p.filters.bias = bias;
    p.filters.count = filter_dims->n;
    p.filters.stride = bytes;
    p.filters.input_offset = conv_params->input_offset;
    nas_set_output_stage(&p.filters.stage, quant_params, conv_params->output_offset,
                         &conv_params->activation, 0);
    for (int32_t y = 0; y < output_dims->h; ++y) {
        const nas_window rows = nas_window_at(y, conv_params->stride.h, conv_params->padding.h,
                                              dilation.h, filter_dims->h, input_dims->h);
        const int32_t lines = rows.end - rows.begin;
        const int8_t *line = input + (rows.origin + rows.begin * dilation.h) * p.input_row;
        const int8_t *taps = filter + rows.begin * filter_row;
        for (int32_t x = 0; x < output_dims->w; ++x) {
            const nas_window columns =
                nas_window_at(x, conv_params->stride.w, conv_params->padding.w, dilation.w,
                              filter_dims->w, input_dims->w);
            if (copied) {
                const nas_dot_window window = {1, bytes, 0, 0, 1, 0, 0};
                copy_window(&p, line, rows, columns, copy);
                nas_dot_s8(&p.filters, &window, copy, filter, output);
            } else {
                const int32_t begin = columns.begin;
                const nas_dot_window window = in_place(&p, lines, columns.end - begin);
                nas_dot_s8(&p.filters, &window,
                           line + (columns.origin + begin * dilation.w) * channels,
                           taps + begin * channels, output);
            }
            output += output_dims->c;
        }
    }
}
