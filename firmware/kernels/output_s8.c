#include "output_s8.h"

#include "fixed_point.h"

void nas_output1_s8(const nas_output_stage *stage, int32_t channel, int32_t sum, int8_t *output)
{
    const int32_t multiplier = stage->quant.multiplier[channel];
    const int32_t shift = stage->quant.shift[channel];
    const int32_t value = stage->rounds_once != 0 ? nas_requantize_once(sum, multiplier, shift)
                                                  : nas_requantize(sum, multiplier, shift);
    *output = nas_clamp(value + stage->offset, &stage->activation);
}

/* `steps` is -2 - shift, and `add` is 1 + 2 * offset: zero point and the second rounding. */
static inline int32_t twice_scaled(int32_t sum, int32_t multiplier, int32_t steps, int32_t add)
{
    return (nas_high_part(sum, multiplier) >> steps) + add;
}

#ifdef NAS_DSP
/* The byte counted from -128: it saturates at 0 and 255. */
static inline uint32_t from_least(int32_t sum, int32_t multiplier, int32_t steps, int32_t add)
{
    return nas_half_as_u8(twice_scaled(sum, multiplier, steps, add));
}

static inline void four(const nas_output_stage *stage, const int32_t *sums,
                        const int32_t *multiplier, const int32_t *steps, int8_t *output)
{
    const int32_t add = 1 + 2 * (stage->offset + 128);
    uint32_t bytes = from_least(sums[0], multiplier[0], steps[0], add);
    bytes |= from_least(sums[1], multiplier[1], steps[1], add) << 8;
    bytes |= from_least(sums[2], multiplier[2], steps[2], add) << 16;
    bytes |= from_least(sums[3], multiplier[3], steps[3], add) << 24;
    bytes = nas_larger_bytes(bytes, stage->min_bytes);
    bytes = nas_smaller_bytes(bytes, stage->max_bytes) ^ 0x80808080U;
    memcpy(output, &bytes, sizeof(bytes));
}
#else
static inline void four(const nas_output_stage *stage, const int32_t *sums,
                        const int32_t *multiplier, const int32_t *steps, int8_t *output)
{
    const int32_t add = 1 + 2 * stage->offset;
    for (int32_t i = 0; i < NAS_GROUP; ++i) {
        const int32_t value = twice_scaled(sums[i], multiplier[i], steps[i], add) >> 1;
        output[i] = nas_clamp(value, &stage->activation);
    }
}
#endif

/* Scales above 1/8 take the long way, and those that round once. */
static __attribute__((noinline)) void one_by_one(const nas_output_stage *stage, int32_t channel,
                                                 const int32_t *sums, int8_t *output)
{
    for (int32_t i = 0; i < NAS_GROUP; ++i) {
        nas_output1_s8(stage, channel + i, sums[i], output + i);
    }
}

void nas_output4_s8(const nas_output_stage *stage, int32_t channel,
                    const int32_t sums[NAS_GROUP], int8_t *output)
{
    const int32_t *multiplier = stage->quant.multiplier + channel;
    const int32_t *shift = stage->quant.shift + channel;
    const int32_t steps[NAS_GROUP] = {-2 - shift[0], -2 - shift[1], -2 - shift[2], -2 - shift[3]};
    if (stage->rounds_once == 0 && (steps[0] | steps[1] | steps[2] | steps[3]) >= 0) {
        four(stage, sums, multiplier, steps, output);
    } else {
        one_by_one(stage, channel, sums, output);
    }
}
