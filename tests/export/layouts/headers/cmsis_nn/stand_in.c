/* CMSIS-NN's functions by our own kernels, for a test that runs the wrappers on a computer.
 *
 * SPOIL=name changes that function's output; REFUSE=scratch asks for a byte too many, REFUSE=call
 * returns an error. Scratch is filled, inputs and outputs must lie apart, and no dilated depthwise
 * convolution asks for scratch.
 */
#include "arm_nnfunctions.h"

#include <stdlib.h>
#include <string.h>

#include "nas/kernels.h"
#include "scratch.h"

#define nas_softmax_s8 nas_softmax_s8_portable
#include "kernels/softmax_s8.c"
#undef nas_softmax_s8

void nas_convolve_s8_portable(const nas_conv_params *, const nas_per_channel_quant_params *,
                              const nas_dims *, const int8_t *, const nas_dims *, const int8_t *,
                              const int32_t *, const nas_dims *, int8_t *);
void nas_depthwise_conv_s8_portable(const nas_dw_conv_params *,
                                    const nas_per_channel_quant_params *, const nas_dims *,
                                    const int8_t *, const nas_dims *, const int8_t *,
                                    const int32_t *, const nas_dims *, int8_t *);
void nas_fully_connected_s8_portable(const nas_fc_params *, const nas_per_channel_quant_params *,
                                     const nas_dims *, const int8_t *, const nas_dims *,
                                     const int8_t *, const int32_t *, const nas_dims *, int8_t *);
void nas_avgpool_s8_portable(const nas_pool_params *, const nas_dims *, const int8_t *,
                             const nas_dims *, const nas_dims *, int8_t *);
void nas_max_pool_s8_portable(const nas_pool_params *, const nas_dims *, const int8_t *,
                              const nas_dims *, const nas_dims *, int8_t *);
void nas_elementwise_add_s8_portable(const int8_t *, const int8_t *, const nas_add_params *,
                                     int8_t *, int32_t);

static int told(const char *variable, const char *value)
{
    const char *found = getenv(variable);
    return found != NULL && strcmp(found, value) == 0;
}

static arm_cmsis_nn_status done(const char *name, int8_t *output)
{
    output[0] = (int8_t)(told("SPOIL", name) ? output[0] ^ 0x55 : output[0]);
    return ARM_CMSIS_NN_SUCCESS;
}

static int32_t asked(void)
{
    return NAS_PORT_SCRATCH_BYTES + (told("REFUSE", "scratch") ? 1 : 0);
}

static void use(const cmsis_nn_context *context, int32_t size)
{
    if (context->size != size || ((uintptr_t)context->buf & 15U) != 0U) {
        abort();
    }
    if (size > 0) {
        memset(context->buf, 0x5A, (size_t)size);
    }
}

static size_t bytes(const cmsis_nn_dims *dims)
{
    return (size_t)dims->n * (size_t)dims->h * (size_t)dims->w * (size_t)dims->c;
}

static void check_apart(const int8_t *input, size_t n_input, const int8_t *output, size_t n_output)
{
    if (input < output + n_output && output < input + n_input) {
        abort();
    }
}

static nas_dims dims(const cmsis_nn_dims *arm)
{
    const nas_dims ours = {.n = arm->n, .h = arm->h, .w = arm->w, .c = arm->c};
    return ours;
}

static nas_tile tile(cmsis_nn_tile arm)
{
    const nas_tile ours = {.w = arm.w, .h = arm.h};
    return ours;
}

static nas_activation activation(cmsis_nn_activation arm)
{
    const nas_activation ours = {.min = arm.min, .max = arm.max};
    return ours;
}

arm_cmsis_nn_status
arm_convolve_wrapper_s8(const cmsis_nn_context *ctx, const cmsis_nn_conv_params *conv_params,
                        const cmsis_nn_per_channel_quant_params *quant_params,
                        const cmsis_nn_dims *input_dims, const int8_t *input_data,
                        const cmsis_nn_dims *filter_dims, const int8_t *filter_data,
                        const cmsis_nn_dims *bias_dims, const int32_t *bias_data,
                        const cmsis_nn_dims *output_dims, int8_t *output_data)
{
    const nas_conv_params params = {conv_params->input_offset,
                                    conv_params->output_offset,
                                    tile(conv_params->stride),
                                    tile(conv_params->padding),
                                    tile(conv_params->dilation),
                                    activation(conv_params->activation)};
    const nas_per_channel_quant_params quant = {quant_params->multiplier, quant_params->shift};
    const nas_dims in = dims(input_dims), taps = dims(filter_dims), out = dims(output_dims);
    if (told("REFUSE", "call") || bias_dims->c != out.c) {
        return ARM_CMSIS_NN_ARG_ERROR;
    }
    use(ctx, asked());
    check_apart(input_data, bytes(input_dims), output_data, bytes(output_dims));
    nas_convolve_s8_portable(&params, &quant, &in, input_data, &taps, filter_data, bias_data, &out,
                             output_data);
    return done("convolve", output_data);
}

int32_t arm_convolve_wrapper_s8_get_buffer_size(const cmsis_nn_conv_params *conv_params,
                                                const cmsis_nn_dims *input_dims,
                                                const cmsis_nn_dims *filter_dims,
                                                const cmsis_nn_dims *output_dims)
{
    if (conv_params == NULL || filter_dims->c != input_dims->c ||
        filter_dims->n != output_dims->c) {
        abort();
    }
    return asked();
}

arm_cmsis_nn_status
arm_depthwise_conv_wrapper_s8(const cmsis_nn_context *ctx,
                              const cmsis_nn_dw_conv_params *dw_conv_params,
                              const cmsis_nn_per_channel_quant_params *quant_params,
                              const cmsis_nn_dims *input_dims, const int8_t *input_data,
                              const cmsis_nn_dims *filter_dims, const int8_t *filter_data,
                              const cmsis_nn_dims *bias_dims, const int32_t *bias_data,
                              const cmsis_nn_dims *output_dims, int8_t *output_data)
{
    const nas_dw_conv_params params = {dw_conv_params->input_offset,
                                       dw_conv_params->output_offset,
                                       dw_conv_params->ch_mult,
                                       tile(dw_conv_params->stride),
                                       tile(dw_conv_params->padding),
                                       tile(dw_conv_params->dilation),
                                       activation(dw_conv_params->activation)};
    const nas_per_channel_quant_params quant = {quant_params->multiplier, quant_params->shift};
    const nas_dims in = dims(input_dims), taps = dims(filter_dims), out = dims(output_dims);
    if (told("REFUSE", "call") || bias_dims->c != out.c || params.dilation.w != 1 ||
        params.dilation.h != 1) {
        return ARM_CMSIS_NN_ARG_ERROR;
    }
    use(ctx, asked());
    check_apart(input_data, bytes(input_dims), output_data, bytes(output_dims));
    nas_depthwise_conv_s8_portable(&params, &quant, &in, input_data, &taps, filter_data, bias_data,
                                   &out, output_data);
    return done("depthwise", output_data);
}

int32_t
arm_depthwise_conv_wrapper_s8_get_buffer_size(const cmsis_nn_dw_conv_params *dw_conv_params,
                                              const cmsis_nn_dims *input_dims,
                                              const cmsis_nn_dims *filter_dims,
                                              const cmsis_nn_dims *output_dims)
{
    if (filter_dims->c != output_dims->c ||
        output_dims->c != input_dims->c * dw_conv_params->ch_mult ||
        dw_conv_params->dilation.w != 1 || dw_conv_params->dilation.h != 1) {
        abort();
    }
    return asked();
}

arm_cmsis_nn_status
arm_fully_connected_wrapper_s8(const cmsis_nn_context *ctx, const cmsis_nn_fc_params *fc_params,
                               const cmsis_nn_quant_params *quant_params,
                               const cmsis_nn_dims *input_dims, const int8_t *input_data,
                               const cmsis_nn_dims *filter_dims, const int8_t *filter_data,
                               const cmsis_nn_dims *bias_dims, const int32_t *bias_data,
                               const cmsis_nn_dims *output_dims, int8_t *output_data)
{
    const nas_fc_params params = {fc_params->input_offset, fc_params->output_offset,
                                  activation(fc_params->activation)};
    const nas_per_channel_quant_params quant = {quant_params->multiplier, quant_params->shift};
    const nas_dims in = dims(input_dims), taps = dims(filter_dims), out = dims(output_dims);
    if (told("REFUSE", "call") || ctx->size != 0 || !quant_params->is_per_channel ||
        fc_params->filter_offset != 0 || bias_dims->c != out.c || out.c != taps.c ||
        input_dims->n != 1) {
        return ARM_CMSIS_NN_ARG_ERROR;
    }
    check_apart(input_data, bytes(input_dims), output_data, bytes(output_dims));
    nas_fully_connected_s8_portable(&params, &quant, &in, input_data, &taps, filter_data,
                                    bias_data, &out, output_data);
    return done("fully_connected", output_data);
}

int32_t arm_fully_connected_s8_get_buffer_size(const cmsis_nn_dims *filter_dims)
{
    return told("REFUSE", "scratch") ? 4 * filter_dims->c : 0;
}

static arm_cmsis_nn_status pooled(const cmsis_nn_context *ctx, int32_t size,
                                  const cmsis_nn_dims *input_dims, const int8_t *input_data,
                                  const cmsis_nn_dims *output_dims, const int8_t *output_data)
{
    use(ctx, size);
    check_apart(input_data, bytes(input_dims), output_data, bytes(output_dims));
    return told("REFUSE", "call") ? ARM_CMSIS_NN_ARG_ERROR : ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_avgpool_s8(const cmsis_nn_context *ctx,
                                   const cmsis_nn_pool_params *pool_params,
                                   const cmsis_nn_dims *input_dims, const int8_t *input_data,
                                   const cmsis_nn_dims *filter_dims,
                                   const cmsis_nn_dims *output_dims, int8_t *output_data)
{
    const nas_pool_params params = {tile(pool_params->stride), tile(pool_params->padding),
                                    activation(pool_params->activation)};
    const nas_dims in = dims(input_dims), taps = dims(filter_dims), out = dims(output_dims);
    if (pooled(ctx, asked(), input_dims, input_data, output_dims, output_data) != 0) {
        return ARM_CMSIS_NN_ARG_ERROR;
    }
    nas_avgpool_s8_portable(&params, &in, input_data, &taps, &out, output_data);
    return done("avgpool", output_data);
}

int32_t arm_avgpool_s8_get_buffer_size(const int dim_dst_width, const int ch_src)
{
    if (dim_dst_width < 1 || ch_src < 1) {
        abort();
    }
    return asked();
}

arm_cmsis_nn_status arm_max_pool_s8(const cmsis_nn_context *ctx,
                                    const cmsis_nn_pool_params *pool_params,
                                    const cmsis_nn_dims *input_dims, const int8_t *input_data,
                                    const cmsis_nn_dims *filter_dims,
                                    const cmsis_nn_dims *output_dims, int8_t *output_data)
{
    const nas_pool_params params = {tile(pool_params->stride), tile(pool_params->padding),
                                    activation(pool_params->activation)};
    const nas_dims in = dims(input_dims), taps = dims(filter_dims), out = dims(output_dims);
    if (pooled(ctx, 0, input_dims, input_data, output_dims, output_data) != 0) {
        return ARM_CMSIS_NN_ARG_ERROR;
    }
    nas_max_pool_s8_portable(&params, &in, input_data, &taps, &out, output_data);
    return done("max_pool", output_data);
}

arm_cmsis_nn_status
arm_elementwise_add_s8(const int8_t *input_1_vect, const int8_t *input_2_vect,
                       const int32_t input_1_offset, const int32_t input_1_mult,
                       const int32_t input_1_shift, const int32_t input_2_offset,
                       const int32_t input_2_mult, const int32_t input_2_shift,
                       const int32_t left_shift, int8_t *output, const int32_t out_offset,
                       const int32_t out_mult, const int32_t out_shift,
                       const int32_t out_activation_min, const int32_t out_activation_max,
                       const int32_t block_size)
{
    const nas_add_params params = {
        .input_1_offset = input_1_offset,
        .input_1 = {input_1_mult, input_1_shift},
        .input_2_offset = input_2_offset,
        .input_2 = {input_2_mult, input_2_shift},
        .left_shift = left_shift,
        .output_offset = out_offset,
        .output = {out_mult, out_shift},
        .activation = {out_activation_min, out_activation_max},
    };
    if (told("REFUSE", "call")) {
        return ARM_CMSIS_NN_ARG_ERROR;
    }
    nas_elementwise_add_s8_portable(input_1_vect, input_2_vect, &params, output, block_size);
    return done("add", output);
}

void arm_softmax_s8(const int8_t *input, const int32_t num_rows, const int32_t row_size,
                    const int32_t mult, const int32_t shift, const int32_t diff_min,
                    int8_t *output)
{
    nas_softmax_s8_portable(input, num_rows, row_size, mult, shift, diff_min, output);
    (void)done("softmax", output);
}
