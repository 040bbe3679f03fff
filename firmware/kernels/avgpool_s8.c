#include "nas/kernels.h"
#include "window.h"

/* Mean of one channel over a window, to nearest, halves away from zero. */
static int32_t average(const int8_t *channel, const nas_dims *dims, nas_window rows,
                       nas_window columns)
{
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    int32_t sum = 0;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
            const int32_t pixel = (rows.origin + ky) * dims->w + columns.origin + kx;
            sum += channel[pixel * dims->c];
        }
    }
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

void nas_avgpool_s8(const nas_pool_params *pool_params, const nas_dims *input_dims,
                    const int8_t *input, const nas_dims *filter_dims, const nas_dims *output_dims,
                    int8_t *output)
{
    for (int32_t y = 0; y < output_dims->h; ++y) {
        const nas_window rows = nas_window_at(y, pool_params->stride.h, pool_params->padding.h, 1,
                                              filter_dims->h, input_dims->h);
        for (int32_t x = 0; x < output_dims->w; ++x) {
            const nas_window columns =
                nas_window_at(x, pool_params->stride.w, pool_params->padding.w, 1, filter_dims->w,
                              input_dims->w);
            for (int32_t c = 0; c < input_dims->c; ++c) {
                const int32_t mean = average(input + c, input_dims, rows, columns);
                *output++ = nas_clamp(mean, &pool_params->activation);
            }
        }
    }
}
