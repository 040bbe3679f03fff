#include "fixed_point.h"
#include "nas/kernels.h"

/* What a number scaled by `scale` is rounded with, for a shift in [-31, 0]. */
typedef struct {
    int32_t multiplier;
    int32_t right;     /* bits of the second rounding */
    int32_t half;      /* 2^(right - 1), or 0 */
    int32_t sign_mask; /* all bits where there is a second rounding, else none */
} scaling;

static scaling scaling_of(nas_per_tensor_quant_params scale)
{
    const scaling s = {scale.multiplier, -scale.shift,
                       (int32_t)((1U << -scale.shift) >> 1), scale.shift < 0 ? -1 : 0};
    return s;
}

/* nas_requantize of x for |x| below 2^29; `twice` is 2 * x. */
static inline int32_t rescale(int32_t twice, const scaling *s)
{
    const int32_t high = nas_high_half(twice, s->multiplier);
    return (high + s->half + (high < 0 ? s->sign_mask : 0)) >> s->right;
}

void nas_elementwise_add_s8(const int8_t *input_1, const int8_t *input_2,
                            const nas_add_params *add_params, int8_t *output, int32_t block_size)
{
    const int32_t twice_unit = (int32_t)2 << add_params->left_shift;
    const scaling scale_1 = scaling_of(add_params->input_1);
    const scaling scale_2 = scaling_of(add_params->input_2);
    const scaling scale = scaling_of(add_params->output);
    for (int32_t i = 0; i < block_size; ++i) {
        const int32_t x = (input_1[i] + add_params->input_1_offset) * twice_unit;
        const int32_t y = (input_2[i] + add_params->input_2_offset) * twice_unit;
        const int32_t sum = rescale(x, &scale_1) + rescale(y, &scale_2);
        const int32_t scaled = rescale(2 * sum, &scale);
        output[i] = nas_clamp(scaled + add_params->output_offset, &add_params->activation);
    }
}
