/* Floats to the network's bytes and back, as TensorFlow Lite's QUANTIZE and DEQUANTIZE do it.
 *
 * For a caller that holds floats: nothing in the firmware includes this file, and no other C here
 * computes with floats. A model that was converted with floats at its ends takes and gives bytes
 * in C; these functions stand for the two ops that were left out:
 *
 *     nas_quantize_f32_s8(values, NAS_MODEL_INPUT_SCALE, NAS_MODEL_INPUT_ZERO_POINT,
 *                         nas_model_input(), NAS_MODEL_INPUT_BYTES);
 *     nas_model_run();
 *     nas_dequantize_s8_f32(nas_model_output(), NAS_MODEL_OUTPUT_SCALE,
 *                           NAS_MODEL_OUTPUT_ZERO_POINT, results, NAS_MODEL_OUTPUT_BYTES);
 */
#ifndef NAS_FLOAT_ENDS_H
#define NAS_FLOAT_ENDS_H

#include <stdint.h>

/* x to nearest, halves away from zero; held where it is beyond any int8, a NaN at the least. */
static inline int32_t nas_rounded(float x)
{
    const float limit = 512.0F;
    const float held = x > -limit ? (x < limit ? x : limit) : -limit;
    const int32_t whole = (int32_t)held;
    const float rest = held - (float)whole;
    return whole + (rest >= 0.5F ? 1 : 0) - (rest <= -0.5F ? 1 : 0);
}

/* output[i] = input[i] / scale + zero_point, rounded and held in -128 to 127. */
static inline void nas_quantize_f32_s8(const float *input, float scale, int32_t zero_point,
                                       int8_t *output, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t value = nas_rounded(input[i] / scale) + zero_point;
        output[i] = (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
    }
}

/* output[i] = scale * (input[i] - zero_point). */
static inline void nas_dequantize_s8_f32(const int8_t *input, float scale, int32_t zero_point,
                                         float *output, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        output[i] = scale * (float)(input[i] - zero_point);
    }
}

#endif
