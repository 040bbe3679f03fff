#include "nas/kernels.h"
#include "window.h"

static int32_t maximum(const int8_t *channel, const nas_dims *dims, nas_window rows,
                       nas_window columns)
{
    int32_t largest = INT8_MIN;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
            const int32_t pixel = (rows.origin + ky) * dims->w + columns.origin + kx;
            largest = nas_max(largest, channel[pixel * dims->c]);
        }
    }
    return largest;
}

void nas_max_pool_s8(const nas_pool_params *pool_params, const nas_dims *input_dims,
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
                const int32_t largest = maximum(input + c, input_dims, rows, columns);
                *output++ = nas_clamp(largest, &pool_params->activation);
            }
        }
    }
}
