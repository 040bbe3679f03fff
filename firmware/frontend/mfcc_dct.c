#include "nas/mfcc.h"
#include "nas/stages.h"

/* Sums in the first half, the middle of an odd number among them; differences in the second,
 * backwards. */
static void fold(int32_t *levels, size_t n_mels) {
    for (size_t n = 0; n < n_mels / 2; n++) {
        int32_t *const low = levels + n, *const high = levels + (n_mels - 1u - n);
        const int32_t sum = *low + *high, difference = *low - *high;
        *low = sum;
        *high = difference;
    }
}

/* Of odd rows the middle entry is 0, so that what it meets does not matter. */
static int32_t product(const int16_t *row, size_t n, const int32_t *folded, ptrdiff_t step) {
    const int16_t *const end = row + n;
    int32_t sum = 0;
    while (row != end) {
        sum += *row++ * *folded;
        folded += step;
    }
    return sum;
}

/* From 20 fraction bits of a coefficient and 18 of a gain to 16. */
static int8_t to_feature(int32_t coefficient, int32_t gain, int32_t bias) {
    const int32_t steps = (int32_t)(((int64_t)coefficient * gain) >> 22);
    return nas_saturate_s8((steps + bias) >> 16);
}

void nas_mfcc_dct(const nas_mfcc_tables_t *tables, int32_t *levels, int8_t *features) {
    const size_t n_mels = tables->n_mels;
    const size_t half = (n_mels + 1u) / 2u;
    const int16_t *row = tables->dct;

    fold(levels, n_mels);
    for (size_t k = 0; k < tables->n_mfcc; k++) {
        const int32_t coefficient = (k & 1u) == 0u ? product(row, half, levels, 1)
                                                   : product(row, half, levels + n_mels - 1u, -1);
        features[k] = to_feature(coefficient, tables->gain[k], tables->bias[k]);
        row += half;
    }
}
