#include "nas/log_mel.h"

/* Shift that leaves 16 - log2(n_fft) fraction bits of a Q15 product. The window sums to n_fft / 2
 * at most, so the sum of |out| is at most 2^15 x n_fft / 2 x 2^16 / n_fft = 2^30. */
static unsigned product_shift(uint32_t n_fft) {
    unsigned shift = 0;
    while ((n_fft >> (shift + 2u)) != 0u) {
        shift++;
    }
    return shift;
}

void nas_window_apply(const nas_log_mel_tables_t *tables, const int16_t *samples, int32_t *out) {
    const size_t n = tables->win_length;
    const size_t half = n / 2;
    const unsigned shift = product_shift(tables->n_fft);
    const int32_t rounding = (int32_t)1 << (shift - 1u);

    for (size_t i = 0; i <= half; i++) {
        out[i] = ((int32_t)samples[i] * (int32_t)tables->window[i] + rounding) >> shift;
    }
    for (size_t i = half + 1; i < n; i++) {
        out[i] = ((int32_t)samples[i] * (int32_t)tables->window[n - i] + rounding) >> shift;
    }
    for (size_t i = n; i < tables->n_fft; i++) {
        out[i] = 0;
    }
}
