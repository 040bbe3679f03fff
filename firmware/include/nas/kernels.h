/* int8 kernels: what each promises.
 *
 * Every kernel computes the bytes of TensorFlow Lite's reference kernel of the same op (see
 * firmware/kernels/README.md). None allocates, prints, keeps state or reads outside its arguments.
 * Dims count elements and are at least 1; n of input and output dims is 1. Arguments stand in the
 * order of CMSIS-NN's functions of the same name, without the context and without the bias dims. A
 * bias pointer may be NULL (zeros).
 *
 * Accumulators are 32 bits. Callers keep sums of products below 2^31, and what they become at the
 * output's scale: nothing is checked here, the exporter refuses what could pass (nas/export).
 *
 * Overlap. A kernel writes its output once, from the first byte to the last, and what it still has
 * to read of an input only moves forward: for byte t of the output and all later ones it reads no
 * byte before first(t) of the input. So the output may lie over the front of an input, which is
 * then lost, if
 *
 *     input - output >= t - first(t)   for every byte t of the output.
 *
 * What each kernel promises; the window of a pixel counts only what lies inside the input:
 *
 *     convolve            first byte of the first pixel in the window of byte t's pixel: the
 *                         window is read until the last channel of its pixel is written
 *     depthwise_conv      channel (t mod c_out) / ch_mult of the first pixel in that window
 *     avgpool, max_pool   channel t mod c of the first pixel in that window
 *     mean, softmax       t
 *     elementwise_add     t, for each input
 *     lookup              t
 *     pad                 the first byte of the input that is not copied yet
 *     fully_connected     0, and it takes no overlap
 *
 * All other overlap is an error. The planner of the arena counts on this (nas/graph/overlap.py): a
 * kernel that writes earlier (two pixels at once) or reads later must change the rule there.
 */
#ifndef NAS_KERNELS_H
#define NAS_KERNELS_H

#include "nas/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 2-D convolution with one scale an output channel.
 * input [h][w][c_in]; filter [c_out][kh][kw][c_in], filter_dims {c_out, kh, kw, c_in}, zero point
 * 0; bias [c_out]; output [h][w][c_out]. Elements outside the input count as its zero point. */
void nas_convolve_s8(const nas_conv_params *conv_params,
                     const nas_per_channel_quant_params *quant_params, const nas_dims *input_dims,
                     const int8_t *input, const nas_dims *filter_dims, const int8_t *filter,
                     const int32_t *bias, const nas_dims *output_dims, int8_t *output);

/* Depthwise convolution with one scale an output channel.
 * filter [kh][kw][c_out], filter_dims {1, kh, kw, c_out}; c_out = c_in * ch_mult and output
 * channel c * ch_mult + m reads input channel c. Otherwise as nas_convolve_s8. */
void nas_depthwise_conv_s8(const nas_dw_conv_params *dw_conv_params,
                           const nas_per_channel_quant_params *quant_params,
                           const nas_dims *input_dims, const int8_t *input,
                           const nas_dims *filter_dims, const int8_t *filter, const int32_t *bias,
                           const nas_dims *output_dims, int8_t *output);

/* Matrix times vector with one scale an output.
 * filter_dims {elements of the input, 1, 1, outputs}; filter [outputs][elements], zero point 0;
 * bias [outputs]. input_dims and output_dims are not read. The product with the scale is rounded
 * once, halves away from zero: LiteRT's reference, which goes through double. */
void nas_fully_connected_s8(const nas_fc_params *fc_params,
                            const nas_per_channel_quant_params *quant_params,
                            const nas_dims *input_dims, const int8_t *input,
                            const nas_dims *filter_dims, const int8_t *filter,
                            const int32_t *bias, const nas_dims *output_dims, int8_t *output);

/* Average over a window, of the elements inside the input only; halves away from zero.
 * Input and output share scale and zero point. filter_dims {1, kh, kw, 1}; no window is empty, and
 * each has fewer than 2^23 elements inside the input. */
void nas_avgpool_s8(const nas_pool_params *pool_params, const nas_dims *input_dims,
                    const int8_t *input, const nas_dims *filter_dims, const nas_dims *output_dims,
                    int8_t *output);

/* Maximum over a window; otherwise as nas_avgpool_s8. */
void nas_max_pool_s8(const nas_pool_params *pool_params, const nas_dims *input_dims,
                     const int8_t *input, const nas_dims *filter_dims, const nas_dims *output_dims,
                     int8_t *output);

/* Mean over height and width: input [h][w][c] to output [c]; h * w is below 2^23. */
void nas_mean_s8(const nas_mean_params *mean_params, const nas_dims *input_dims,
                 const int8_t *input, int8_t *output);

/* Sum of block_size pairs of elements. Each of the two inputs may be read twice (x + x). */
void nas_elementwise_add_s8(const int8_t *input_1, const int8_t *input_2,
                            const nas_add_params *add_params, int8_t *output, int32_t block_size);

/* Softmax of each row; the output has scale 1/256 and zero point -128.
 * mult and shift (0 to 31) bring input differences to Q5.26; differences below diff_min (at most
 * 0) count as 0. row_size is at most 4,095: the sum of the powers has 12 bits before the point. */
void nas_softmax_s8(const int8_t *input, int32_t num_rows, int32_t row_size, int32_t mult,
                    int32_t shift, int32_t diff_min, int8_t *output);

/* table[x + 128] for each byte x: an activation, or another scale. table [256]. */
void nas_lookup_s8(const int8_t *input, const int8_t *table, int8_t *output, int32_t block_size);

/* The input with pad_params->value around it; n of before is not read. */
void nas_pad_s8(const nas_pad_params *pad_params, const nas_dims *input_dims, const int8_t *input,
                const nas_dims *output_dims, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
