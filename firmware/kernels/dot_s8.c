#include "dot_s8.h"

/* Element K of four filters: each input is read once for four. */
#define ADD_PRODUCTS(K)                            \
    do {                                           \
        const int32_t x = input[K] + input_offset; \
        a0 += x * f0[K];                           \
        a1 += x * f1[K];                           \
        a2 += x * f2[K];                           \
        a3 += x * f3[K];                           \
    } while (0)

/* `n` elements of four filters. Arm's loads move their pointers on; elsewhere that takes an
 * instruction each, which four elements share. */
static inline void elements(const int8_t *input, const int8_t *filter, int32_t stride, int32_t n,
                            int32_t input_offset, int32_t *sums)
{
    const int8_t *f0 = filter, *f1 = f0 + stride, *f2 = f1 + stride, *f3 = f2 + stride;
    int32_t a0 = sums[0], a1 = sums[1], a2 = sums[2], a3 = sums[3];
#ifndef __arm__
    for (const int8_t *const end = input + (n & ~3); input != end; input += 4) {
        ADD_PRODUCTS(0);
        NAS_NEXT_LOAD();
        ADD_PRODUCTS(1);
        NAS_NEXT_LOAD();
        ADD_PRODUCTS(2);
        NAS_NEXT_LOAD();
        ADD_PRODUCTS(3);
        f0 += 4, f1 += 4, f2 += 4, f3 += 4;
    }
    n &= 3;
#endif
    input += n, f0 += n, f1 += n, f2 += n, f3 += n;
    for (int32_t k = -n; k != 0; ++k) {
        ADD_PRODUCTS(k);
    }
    sums[0] = a0, sums[1] = a1, sums[2] = a2, sums[3] = a3;
}

#ifdef NAS_DSP
/* Elements left over from the words; a call, so that rows without any do not prepare for them. */
static __attribute__((noinline)) void rest(const int8_t *input, const int8_t *filter,
                                           const nas_filters *filters, int32_t n, int32_t *sums)
{
    elements(input, filter, filters->stride, n, filters->input_offset, sums);
}

/* Four elements of four filters a turn: each word of weights is loaded, spread and multiplied by
 * five instructions. */
static inline void words(const int8_t *input, const int8_t *end, const int8_t *filter,
                         int32_t stride, uint32_t offsets, int32_t *sums)
{
    const int8_t *f0 = filter, *f2 = filter + 2 * stride;
    int32_t a0 = sums[0], a1 = sums[1], a2 = sums[2], a3 = sums[3];
    while (input != end) {
        const uint32_t x = nas_load4(input);
        const uint32_t even = nas_even_plus(offsets, x), odd = nas_odd_plus(offsets, x);
        uint32_t w = nas_load4(f0 + stride);
        a1 = nas_add_products(even, nas_even(w), a1);
        a1 = nas_add_products(odd, nas_odd(w), a1);
        NAS_NEXT_LOAD();
        w = nas_load4(f0);
        a0 = nas_add_products(even, nas_even(w), a0);
        a0 = nas_add_products(odd, nas_odd(w), a0);
        NAS_NEXT_LOAD();
        w = nas_load4(f2 + stride);
        a3 = nas_add_products(even, nas_even(w), a3);
        a3 = nas_add_products(odd, nas_odd(w), a3);
        NAS_NEXT_LOAD();
        w = nas_load4(f2);
        a2 = nas_add_products(even, nas_even(w), a2);
        a2 = nas_add_products(odd, nas_odd(w), a2);
        input += 4;
        f0 += 4;
        f2 += 4;
    }
    sums[0] = a0, sums[1] = a1, sums[2] = a2, sums[3] = a3;
}

static inline void one_row(const nas_filters *filters, const int8_t *input, const int8_t *filter,
                           int32_t columns, uint32_t offsets, int32_t *sums)
{
    const int32_t in_words = columns & ~3;
    words(input, input + in_words, filter, filters->stride, offsets, sums);
    if (in_words != columns) {
        rest(input + in_words, filter + in_words, filters, columns - in_words, sums);
    }
}
#else
static inline void one_row(const nas_filters *filters, const int8_t *input, const int8_t *filter,
                           int32_t columns, uint32_t offsets, int32_t *sums)
{
    elements(input, filter, filters->stride, columns, (int32_t)offsets, sums);
}
#endif

/* A place in the window, while its rows are gone through. */
typedef struct {
    const int8_t *input;
    const int8_t *filter;
    int32_t left; /* rows, of the window and of the line, with this one */
    int32_t left_of_line;
} place;

/* Go on to the next row; returns 0 behind the last. */
static inline int next_row(const nas_dot_window *window, place *at)
{
    if (--at->left == 0) {
        return 0;
    }
    at->input += window->input_step;
    at->filter += window->filter_step;
    if (--at->left_of_line == 0) {
        at->left_of_line = window->rows_a_line;
        at->input += window->input_gap;
        at->filter += window->filter_gap;
    }
    return 1;
}

static inline place first_row(const nas_dot_window *window, const int8_t *input,
                              const int8_t *filter)
{
    const place at = {input, filter, window->rows, window->rows_a_line};
    return at;
}

static int32_t dot1(const nas_filters *filters, const nas_dot_window *window, const int8_t *input,
                    const int8_t *filter)
{
    place at = first_row(window, input, filter);
    int32_t sum = 0;
    do {
        for (int32_t k = 0; k < window->columns; ++k) {
            sum += (at.input[k] + filters->input_offset) * at.filter[k];
        }
    } while (next_row(window, &at));
    return sum;
}

void nas_dot_s8(const nas_filters *filters, const nas_dot_window *window, const int8_t *input,
                const int8_t *filter, int8_t *output)
{
#ifdef NAS_DSP
    const uint32_t offsets = nas_both_halves(filters->input_offset);
#else
    const uint32_t offsets = (uint32_t)filters->input_offset;
#endif
    const int32_t stride = filters->stride;
    int32_t c = 0;
    for (; filters->count - c >= NAS_GROUP; c += NAS_GROUP) {
        const int32_t *const start = nas_first_sums(filters->bias, c);
        int32_t sums[NAS_GROUP] = {start[0], start[1], start[2], start[3]};
        place at = first_row(window, input, filter);
        do {
            one_row(filters, at.input, at.filter, window->columns, offsets, sums);
        } while (next_row(window, &at));
        nas_output4_s8(&filters->stage, c, sums, output + c);
        filter += NAS_GROUP * stride;
    }
    for (; c < filters->count; ++c) {
        const int32_t sum = *nas_first_sums(filters->bias, c);
        nas_output1_s8(&filters->stage, c, sum + dot1(filters, window, input, filter), output + c);
        filter += stride;
    }
}
