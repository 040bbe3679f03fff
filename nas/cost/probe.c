/* One op of a generated model.c, CALLS times, to be compiled and measured.
 *
 * Each op is written as nas.export writes it: static const structs and one call. The bytes of a
 * node are the difference between two objects with different CALLS; what is left is the rest of a
 * model.c. OP_<name> selects the op.
 */
#include "nas/kernels.h"
#include "nas/model.h"

#ifndef CALLS
#define CALLS 1
#endif

static int8_t arena[8192] NAS_ALIGNED(16);
extern const int8_t filter[];
extern const int32_t bias[];
extern const int32_t multiplier[];
extern const int32_t shift[];

#define TILE(N) {.w = 1 + N, .h = 2 + N}
#define CLAMP(N) {.min = -128 + N, .max = 127}
#define SCALE(N) {.multiplier = 1073741824 + N, .shift = -N}
#define DIMS(NAME, N) static const nas_dims NAME = {.n = 1, .h = 16 + N, .w = 5, .c = 24 + N}
#define QUANT static const nas_per_channel_quant_params quant = {multiplier, shift}
#define IN(N) (arena + 16 * (N))
#define OUT(N) (arena + 4096 + 16 * (N))

#if defined(OP_Conv2D)
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_conv_params params = {.input_offset = N, .output_offset = -N,         \
            .stride = TILE(N), .padding = TILE(N), .dilation = TILE(N), .activation = CLAMP(N)}; \
        QUANT; DIMS(input_dims, N); DIMS(filter_dims, N + 1); DIMS(output_dims, N + 2);        \
        nas_convolve_s8(&params, &quant, &input_dims, IN(N), &filter_dims, filter + 64 * N,    \
                        bias + N, &output_dims, OUT(N));                                       \
    }
#elif defined(OP_DepthwiseConv2D)
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_dw_conv_params params = {.input_offset = N, .output_offset = -N,      \
            .ch_mult = 1, .stride = TILE(N), .padding = TILE(N), .dilation = TILE(N),          \
            .activation = CLAMP(N)};                                                           \
        QUANT; DIMS(input_dims, N); DIMS(filter_dims, N + 1); DIMS(output_dims, N + 2);        \
        nas_depthwise_conv_s8(&params, &quant, &input_dims, IN(N), &filter_dims,               \
                              filter + 64 * N, bias + N, &output_dims, OUT(N));                \
    }
#elif defined(OP_FullyConnected)
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_fc_params params = {.input_offset = N, .output_offset = -N,           \
            .activation = CLAMP(N)};                                                           \
        QUANT; DIMS(input_dims, N); DIMS(filter_dims, N + 1); DIMS(output_dims, N + 2);        \
        nas_fully_connected_s8(&params, &quant, &input_dims, IN(N), &filter_dims,              \
                               filter + 64 * N, bias + N, &output_dims, OUT(N));               \
    }
#elif defined(OP_AveragePool2D) || defined(OP_MaxPool2D)
#ifdef OP_AveragePool2D
#define POOL nas_avgpool_s8
#else
#define POOL nas_max_pool_s8
#endif
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_pool_params params = {.stride = TILE(N), .padding = TILE(N),          \
            .activation = CLAMP(N)};                                                           \
        DIMS(input_dims, N); DIMS(filter_dims, N + 1); DIMS(output_dims, N + 2);               \
        POOL(&params, &input_dims, IN(N), &filter_dims, &output_dims, OUT(N));                 \
    }
#elif defined(OP_Mean)
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_mean_params params = {.input_offset = N, .output_offset = -N,         \
            .scale = SCALE(N)};                                                                \
        DIMS(input_dims, N);                                                                   \
        nas_mean_s8(&params, &input_dims, IN(N), OUT(N));                                      \
    }
#elif defined(OP_Add)
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_add_params params = {.input_1_offset = N, .input_1 = SCALE(N),        \
            .input_2_offset = N, .input_2 = SCALE(N), .left_shift = 20, .output_offset = -N,   \
            .output = SCALE(N), .activation = CLAMP(N)};                                       \
        nas_elementwise_add_s8(IN(N), IN(N + 9), &params, OUT(N), 1024 + N);                   \
    }
#elif defined(OP_Softmax)
#define NODE(N) nas_softmax_s8(IN(N), 1, 12, 1073741824 + N, 23, -248 - N, OUT(N));
#elif defined(OP_Logistic) || defined(OP_Relu) || defined(OP_Requantize)
#define NODE(N) nas_lookup_s8(IN(N), filter + 256 * N, OUT(N), 1024 + N);
#elif defined(OP_Pad)
#define NODE(N)                                                                                \
    {                                                                                          \
        static const nas_pad_params params = {.before = {.n = 0, .h = N, .w = 1, .c = N},      \
            .value = -N};                                                                      \
        DIMS(input_dims, N); DIMS(output_dims, N + 2);                                         \
        nas_pad_s8(&params, &input_dims, IN(N), &output_dims, OUT(N));                         \
    }
#else
#error "define OP_<name>"
#endif

int8_t *nas_model_input(void)
{
    return arena;
}

const int8_t *nas_model_output(void)
{
    return arena + 4096;
}

void nas_model_run(void)
{
    NODE(0)
#if CALLS > 1
    NODE(1)
    NODE(2)
    NODE(3)
    NODE(4)
#endif
}
