#include "nas/log_mel.h"

/* (re^2 + im^2) >> NAS_POWER_SHIFT. All bins together stay below 2^61, so that their sum times a
 * Q15 weight stays below 2^62. */
static uint64_t power(const int32_t *bin) {
    const int64_t re = bin[0];
    const int64_t im = bin[1];
    return (uint64_t)(re * re + im * im) >> NAS_POWER_SHIFT;
}

static int8_t to_feature(uint64_t energy, const nas_log_mel_tables_t *tables) {
    const int32_t log2_energy = (int32_t)nas_log2_q15(energy, tables->log2_table);
    const int32_t steps = 15 * log2_energy - tables->log_offset;
    if (steps < 0) {
        return INT8_MIN;
    }
    const int32_t level = steps >> 16;
    return (int8_t)((level > 255 ? 255 : level) - 128);
}

void nas_mel_features(const nas_log_mel_tables_t *tables, const int32_t *spectrum,
                      int8_t *features) {
    const uint16_t *const start = tables->mel_start;
    const size_t n_mels = tables->n_mels;
    const uint16_t *weight = tables->mel_weight;
    uint64_t risen = 0; /* what the band below this gap has from the gap before */

    for (size_t j = 0; j <= n_mels; j++) {
        uint64_t total = 0, rising = 0;
        for (size_t k = start[j]; k < start[j + 1]; k++) {
            const uint64_t p = power(spectrum + 2 * k);
            total += p;
            rising += p * *weight++;
        }
        if (j > 0) {
            features[j - 1] = to_feature(risen + total * NAS_Q15_ONE - rising, tables);
        }
        risen = rising;
    }
}
