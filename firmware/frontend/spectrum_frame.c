#include "nas/fft.h"
#include "nas/spectrum.h"

static int8_t to_feature(const int32_t *bin, const nas_spectrum_tables_t *tables) {
    const int64_t re = bin[0];
    const int64_t im = bin[1];
    const uint64_t magnitude = nas_sqrt_u64((uint64_t)(re * re + im * im));
    const int32_t level = (int32_t)nas_log2_q15(magnitude + tables->unit, tables->log2_table);
    /* 16 steps a doubling: Q15 loses 11 bits. */
    return nas_saturate_s8(((level - tables->log_offset + 1024) >> 11) - 128);
}

void nas_spectrum_frame(const nas_spectrum_tables_t *tables, const int16_t *samples, int32_t *work,
                        int8_t *features) {
    const nas_frame_t frame = {tables->window, tables->win_length, tables->n_fft,
                               tables->pre_emphasis_q15, 1};

    nas_frame_window(&frame, samples, work);
    nas_fft_real(work, tables->sine, tables->n_fft);
    for (size_t k = 1; k <= tables->n_bins; k++) {
        features[k - 1u] = to_feature(work + 2u * k, tables);
    }
}
