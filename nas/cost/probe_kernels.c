/* Counts the instructions of one call of each case in cases.h: a line `op instructions` a case,
 * then a line `bytes` with a checksum of its output.
 *
 * Weights and inputs are random bytes. Multipliers are random, shifts as the case says or one less,
 * outputs are clamped at their zero point, as a ReLU's are. A case's numbers are those of its op. */
#include "nas/kernels.h"
#include "target.h"

typedef enum {
    OP_CONV2D,
    OP_DEPTHWISECONV2D,
    OP_FULLYCONNECTED,
    OP_AVERAGEPOOL2D,
    OP_MAXPOOL2D,
    OP_MEAN,
    OP_ADD,
    OP_SOFTMAX,
    OP_LOGISTIC,
    OP_RELU,
    OP_REQUANTIZE,
    OP_PAD
} op_kind;

typedef struct {
    const char *name;
    op_kind op;
    nas_dims input;
    nas_dims filter;
    nas_dims output;
    nas_tile stride;
    nas_tile padding;
    nas_tile dilation;
    int32_t ch_mult;
    int32_t shift;
} probe_case;

#include "cases.h"

#define MULTIPLIER 1518500250 /* sqrt(1/2) in Q31 */

static int8_t input[INPUT_BYTES];
static int8_t filter[FILTER_BYTES];
static int8_t output[OUTPUT_BYTES];
static int32_t bias[CHANNELS];
static int32_t multiplier[CHANNELS];
static int32_t shift[CHANNELS];

static const nas_activation relu = {-128, 127};
static const nas_per_channel_quant_params quant = {multiplier, shift};

static uint32_t random_bits(void)
{
    static uint32_t state = 1U;
    state = 1664525U * state + 1013904223U;
    return state >> 8;
}

static void fill(int8_t *bytes, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        bytes[i] = (int8_t)((int32_t)(random_bits() >> 16) - 128);
    }
}

static void scale_channels(int32_t usual)
{
    for (int32_t i = 0; i < CHANNELS; ++i) {
        bias[i] = (int32_t)(random_bits() % 4000U) - 2000;
        multiplier[i] = (1 << 30) + (int32_t)(random_bits() << 6);
        shift[i] = usual - (int32_t)(random_bits() & 1U);
    }
}

static void convolve(const probe_case *c)
{
    const nas_conv_params params = {3, -128, c->stride, c->padding, c->dilation, relu};
    nas_convolve_s8(&params, &quant, &c->input, input, &c->filter, filter, bias, &c->output,
                    output);
}

static void depthwise(const probe_case *c)
{
    const nas_dw_conv_params params = {3,          -128,        c->ch_mult, c->stride,
                                       c->padding, c->dilation, relu};
    nas_depthwise_conv_s8(&params, &quant, &c->input, input, &c->filter, filter, bias, &c->output,
                          output);
}

static void fully_connected(const probe_case *c)
{
    const nas_fc_params params = {3, -128, relu};
    nas_fully_connected_s8(&params, &quant, &c->input, input, &c->filter, filter, bias,
                           &c->output, output);
}

static void pool(const probe_case *c)
{
    const nas_pool_params params = {c->stride, c->padding, {-128, 127}};
    if (c->op == OP_MAXPOOL2D) {
        nas_max_pool_s8(&params, &c->input, input, &c->filter, &c->output, output);
    } else {
        nas_avgpool_s8(&params, &c->input, input, &c->filter, &c->output, output);
    }
}

static void mean(const probe_case *c)
{
    const nas_mean_params params = {3, -5, {MULTIPLIER, c->shift}};
    nas_mean_s8(&params, &c->input, input, output);
}

static void add(const probe_case *c)
{
    const nas_add_params params = {3,  {MULTIPLIER, 0}, -20, {MULTIPLIER, -1},
                                   20, -128,            {MULTIPLIER, c->shift}, relu};
    nas_elementwise_add_s8(input, filter, &params, output, c->input.c);
}

static void softmax(const probe_case *c)
{
    nas_softmax_s8(input, c->input.w, c->input.c, MULTIPLIER, c->shift, -248, output);
}

static void lookup(const probe_case *c)
{
    nas_lookup_s8(input, filter, output, c->input.c);
}

/* What comes before the input stands in the place of the filter's dims. */
static void pad(const probe_case *c)
{
    const nas_pad_params params = {c->filter, -128};
    nas_pad_s8(&params, &c->input, input, &c->output, output);
}

static uint32_t instructions(void (*call)(const probe_case *), const probe_case *c)
{
    const uint32_t start = target_clock();
    const uint32_t between = target_clock();
    call(c);
    return target_instructions(between, target_clock()) - target_instructions(start, between);
}

static uint32_t checksum(int32_t count)
{
    uint32_t sum = 0U;
    for (int32_t i = 0; i < count; ++i) {
        sum = 31U * sum + (uint8_t)output[i];
    }
    return sum;
}

int main(void)
{
    static void (*const calls[])(const probe_case *) = {
        convolve, depthwise, fully_connected, pool,   pool,   mean,
        add,      softmax,   lookup,          lookup, lookup, pad};
    fill(input, INPUT_BYTES);
    fill(filter, FILTER_BYTES);
    for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        scale_channels(cases[i].shift);
        target_print(cases[i].name, instructions(calls[cases[i].op], &cases[i]));
        target_print("bytes", checksum(cases[i].output.h * cases[i].output.w * cases[i].output.c));
    }
    return 0;
}
