#include "nas/fft.h"
#include "nas/spectrum.h"

/* log2(1 + x), Q15. */
static int32_t to_level(const int32_t *bin, const nas_spectrum_tables_t *tables) {
    const int64_t re = bin[0];
    const int64_t im = bin[1];
    const uint64_t magnitude = nas_sqrt_u64((uint64_t)(re * re + im * im));
    const int32_t log2_sum = (int32_t)nas_log2_q15(magnitude + tables->unit, tables->log2_table);
    return log2_sum - tables->log_offset;
}

/* 16 steps a doubling: Q15 loses 11 bits. */
static int8_t to_feature(int32_t level) {
    return nas_saturate_s8(((level + 1024) >> 11) - 128);
}

static int8_t to_normalised(int32_t level, const int16_t *channel) {
    return nas_normalise_s8((level >> 3) - 128 * 256, channel);
}

void nas_spectrum_frame(const nas_spectrum_tables_t *tables, const int16_t *samples, int32_t *work,
                        int8_t *features) {
    const nas_frame_t frame = {tables->window, tables->win_length, tables->n_fft,
                               tables->pre_emphasis_q15, 1};

    nas_frame_window(&frame, samples, work);
    nas_fft_real(work, tables->sine, tables->n_fft);
    for (size_t k = 1; k <= tables->n_bins; k++) {
        const int32_t level = to_level(work + 2u * k, tables);
        features[k - 1u] = tables->channel == NULL
                               ? to_feature(level)
                               : to_normalised(level, tables->channel + 2u * (k - 1u));
    }
}
