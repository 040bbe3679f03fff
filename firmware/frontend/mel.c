#include "nas/stages.h"

/* All bins together: powers stay below 2^49 and magnitudes below 2^41, so that their sum times a
 * Q15 weight stays below 2^64. nas.frontend.stage_tables.fraction_bits derives it. */
static uint64_t bin_value(const int32_t *bin, uint32_t magnitude) {
    const int64_t re = bin[0];
    const int64_t im = bin[1];
    const uint64_t power = (uint64_t)(re * re + im * im);
    return magnitude != 0u ? nas_sqrt_u64(power) : power >> NAS_POWER_SHIFT;
}

void nas_mel_energies(const nas_mel_t *mel, const int32_t *spectrum, int32_t *energies) {
    const uint16_t *const start = mel->start;
    const uint32_t n_mels = mel->n_mels;
    const uint32_t magnitude = mel->magnitude;
    const uint16_t *weight = mel->weight;
    uint64_t risen = 0; /* what the band below this gap has from the gap before */

    for (size_t j = 0; j <= n_mels; j++) {
        uint64_t total = 0, rising = 0;
        for (size_t k = start[j]; k < start[j + 1]; k++) {
            const uint64_t value = bin_value(spectrum + 2 * k, magnitude);
            total += value;
            rising += value * *weight++;
        }
        if (j > 0) {
            nas_store_u64(energies + 2 * (j - 1), risen + total * NAS_Q15_ONE - rising);
        }
        risen = rising;
    }
}
