#include "nas/stages.h"

#define EMPHASIS_BITS 13

/* log2(p) - 1, p being the shortest FFT of win_length samples: 64, or the power of two not below.
 * It leaves 16 - log2(p) fraction bits of a Q15 product. The window sums to 0.54 p at most and mean
 * removal adds 8 % at most, so the sum of |out| stays below 1.25 x 2^30, however long the FFT. */
static unsigned product_shift(uint32_t win_length) {
    unsigned shift = 5;
    while (((win_length - 1u) >> (shift + 1u)) != 0u) {
        shift++;
    }
    return shift;
}

/* floor(sum / n + 1 / 2) */
static int32_t mean(const int16_t *samples, int32_t n) {
    int32_t sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += samples[i];
    }
    const int32_t doubled = 2 * sum + n;
    return (doubled < 0 ? doubled - (2 * n - 1) : doubled) / (2 * n);
}

/* A sample less the mean is at most 65,535, so its product with the window stays below 2^31. */
static void plain(const nas_frame_t *frame, const int16_t *samples, int32_t offset, int32_t *out) {
    const size_t n = frame->win_length;
    const uint16_t *const window = frame->window;
    const unsigned shift = product_shift(frame->win_length);
    const int32_t rounding = (int32_t)1 << (shift - 1u);

    for (size_t i = 0; i <= n / 2; i++) {
        out[i] = ((samples[i] - offset) * (int32_t)window[i] + rounding) >> shift;
    }
    for (size_t i = n / 2 + 1; i < n; i++) {
        out[i] = ((samples[i] - offset) * (int32_t)window[n - i] + rounding) >> shift;
    }
}

static void emphasised(const nas_frame_t *frame, const int16_t *samples, int32_t offset,
                       int32_t *out) {
    const size_t n = frame->win_length;
    const int32_t factor = frame->pre_emphasis_q15;
    const unsigned shift = product_shift(frame->win_length) + 1u + EMPHASIS_BITS;
    const int64_t rounding = (int64_t)1 << (shift - 1u);
    int32_t before = samples[0] - offset;

    for (size_t i = 0; i < n; i++) {
        const int32_t now = samples[i] - offset;
        const int32_t rise = now * (1 << EMPHASIS_BITS) - ((factor * before) >> 2);
        const int32_t weight = frame->window[i <= n / 2 ? i : n - i];
        out[i] = (int32_t)(((int64_t)rise * weight + rounding) >> shift);
        before = now;
    }
}

void nas_frame_window(const nas_frame_t *frame, const int16_t *samples, int32_t *out) {
    const size_t n = frame->win_length;
    const int32_t offset = frame->remove_mean != 0u ? mean(samples, (int32_t)n) : 0;

    if (frame->pre_emphasis_q15 == 0u) {
        plain(frame, samples, offset, out);
    } else {
        emphasised(frame, samples, offset, out);
    }
    for (size_t i = n; i < frame->n_fft; i++) {
        out[i] = 0;
    }
}
