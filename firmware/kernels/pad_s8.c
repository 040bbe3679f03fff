#include "nas/kernels.h"

static int8_t *filled(int8_t *output, int32_t count, int8_t value)
{
    for (int32_t i = 0; i < count; ++i) {
        output[i] = value;
    }
    return output + count;
}

static int8_t *copied(int8_t *output, int32_t count, const int8_t *input)
{
    for (int32_t i = 0; i < count; ++i) {
        output[i] = input[i];
    }
    return output + count;
}

static int inside(int32_t position, int32_t size)
{
    return position >= 0 && position < size;
}

void nas_pad_s8(const nas_pad_params *pad_params, const nas_dims *input_dims, const int8_t *input,
                const nas_dims *output_dims, int8_t *output)
{
    const nas_dims *before = &pad_params->before;
    const int8_t value = (int8_t)pad_params->value;
    const int32_t after = output_dims->c - before->c - input_dims->c;
    for (int32_t y = 0; y < output_dims->h; ++y) {
        for (int32_t x = 0; x < output_dims->w; ++x) {
            if (inside(y - before->h, input_dims->h) && inside(x - before->w, input_dims->w)) {
                output = filled(output, before->c, value);
                output = copied(output, input_dims->c, input);
                output = filled(output, after, value);
                input += input_dims->c;
            } else {
                output = filled(output, output_dims->c, value);
            }
        }
    }
}
