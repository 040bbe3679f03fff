/* The last step of the ops with weights: sums become bytes. */
#ifndef NAS_OUTPUT_S8_H
#define NAS_OUTPUT_S8_H

#include "dsp.h"
#include "group.h"

/* Scales by channel, zero point and bounds of an output; members as in types.h. Convolutions round
 * twice, fully connected once: fixed_point.h. */
typedef struct {
    nas_per_channel_quant_params quant;
    int32_t offset;
    nas_activation activation;
    int32_t rounds_once;
#ifdef NAS_DSP
    uint32_t min_bytes; /* the bounds counted from -128, in each byte */
    uint32_t max_bytes;
#endif
} nas_output_stage;

static inline void nas_set_output_stage(nas_output_stage *stage,
                                        const nas_per_channel_quant_params *quant, int32_t offset,
                                        const nas_activation *activation, int32_t rounds_once)
{
    stage->quant = *quant;
    stage->offset = offset;
    stage->activation = *activation;
    stage->rounds_once = rounds_once;
#ifdef NAS_DSP
    stage->min_bytes = (uint32_t)(activation->min + 128) * 0x01010101U;
    stage->max_bytes = (uint32_t)(activation->max + 128) * 0x01010101U;
#endif
}

/* Write the output of channel `channel`, or of four from `channel` on, from the sums. */
void nas_output1_s8(const nas_output_stage *stage, int32_t channel, int32_t sum, int8_t *output);
void nas_output4_s8(const nas_output_stage *stage, int32_t channel,
                    const int32_t sums[NAS_GROUP], int8_t *output);

#endif
