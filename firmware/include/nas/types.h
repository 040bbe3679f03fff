/* Numbers of an op, grouped as CMSIS-NN groups them, so that its kernels can stand in.
 *
 * Tensors are int8, batch 1, channels last: element (y, x, c) of a tensor of dims {n, h, w, c} is
 * data[(y * w + x) * c_count + c]. Real value = scale * (quantized - zero_point).
 */
#ifndef NAS_TYPES_H
#define NAS_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* Code here shifts negative integers right and expects the sign to come in from the left. */
typedef char nas_right_shift_is_arithmetic[((-1) >> 1) == -1 ? 1 : -1];

#if defined(__GNUC__)
#define NAS_ALIGNED(bytes) __attribute__((aligned(bytes)))
#else
#error "teach NAS_ALIGNED this compiler's way to align an array"
#endif

typedef struct {
    int32_t w;
    int32_t h;
} nas_tile;

typedef struct {
    int32_t n; /* batch (1), or output channels of a filter */
    int32_t h;
    int32_t w;
    int32_t c;
} nas_dims;

/* One multiplier and shift an output channel: scale = multiplier * 2^(shift - 31).
 * multiplier is 0 or in [2^30, 2^31); shift is in [-31, 30], positive to the left. */
typedef struct {
    const int32_t *multiplier;
    const int32_t *shift;
} nas_per_channel_quant_params;

/* One multiplier and shift a tensor, ranges as above. */
typedef struct {
    int32_t multiplier;
    int32_t shift;
} nas_per_tensor_quant_params;

/* The result is clamped to [min, max], both in [-128, 127], min <= max. */
typedef struct {
    int32_t min;
    int32_t max;
} nas_activation;

/* input_offset is the negated zero point of the input, in [-127, 128]; output_offset is the zero
 * point of the output, in [-128, 127]; stride and dilation are at least 1; padding is the rows
 * and columns before the first element. */
typedef struct {
    int32_t input_offset;
    int32_t output_offset;
    nas_tile stride;
    nas_tile padding;
    nas_tile dilation;
    nas_activation activation;
} nas_conv_params;

/* As nas_conv_params; ch_mult filters read each input channel. */
typedef struct {
    int32_t input_offset;
    int32_t output_offset;
    int32_t ch_mult;
    nas_tile stride;
    nas_tile padding;
    nas_tile dilation;
    nas_activation activation;
} nas_dw_conv_params;

typedef struct {
    int32_t input_offset;
    int32_t output_offset;
    nas_activation activation;
} nas_fc_params;

typedef struct {
    nas_tile stride;
    nas_tile padding;
    nas_activation activation;
} nas_pool_params;

/* Inputs are brought to a common scale after a shift to the left by left_shift (20 for int8);
 * the three shifts are in [-31, 0], left_shift is at most 20. */
typedef struct {
    int32_t input_1_offset;
    nas_per_tensor_quant_params input_1;
    int32_t input_2_offset;
    nas_per_tensor_quant_params input_2;
    int32_t left_shift;
    int32_t output_offset;
    nas_per_tensor_quant_params output;
    nas_activation activation;
} nas_add_params;

/* scale holds input_scale / (output_scale * elements averaged). */
typedef struct {
    int32_t input_offset;
    int32_t output_offset;
    nas_per_tensor_quant_params scale;
} nas_mean_params;

/* Elements before the input's first along each axis (0 at least), and what stands there. */
typedef struct {
    nas_dims before;
    int32_t value;
} nas_pad_params;

#endif
