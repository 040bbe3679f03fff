#include "nas/micro.h"
#include "nas/stages.h"

/* Gain at a noise estimate: a parabola for each power of two. */
static uint32_t gain_at(uint32_t noise, const int16_t *gain_table) {
    if (noise == 0u) {
        return (uint32_t)gain_table[0];
    }
    const unsigned zeros = nas_leading_zeros(noise);
    const int16_t *const g = gain_table + 3u * (32u - zeros);
    /* The 10 bits after the leading one say the place between two powers. */
    const int32_t place = (int32_t)(((noise << zeros) >> 21) & 0x3ffu);
    const int32_t slope = ((g[2] * place) >> 5) + g[1] * 32;
    return (uint32_t)(g[0] + ((slope * place + 0x4000) >> 15));
}

/* From Q12 to Q6: x^2 / 4 below 2, x - 1 above. */
static uint32_t knee(uint32_t snr) {
    if (snr < 2u << NAS_MICRO_SNR_BITS) {
        return (snr * snr) >> (2 + 2 * NAS_MICRO_SNR_BITS - NAS_MICRO_SIGNAL_BITS);
    }
    return (snr >> (NAS_MICRO_SNR_BITS - NAS_MICRO_SIGNAL_BITS)) - (1u << NAS_MICRO_SIGNAL_BITS);
}

void nas_micro_pcan(const nas_micro_tables_t *tables, const uint32_t *noise, uint32_t *signal) {
    for (size_t i = 0; i < tables->n_channels; i++) {
        const uint64_t product = (uint64_t)signal[i] * gain_at(noise[i], tables->gain_table);
        const uint64_t snr = product >> tables->snr_shift;
        signal[i] = knee(snr > UINT32_MAX ? UINT32_MAX : (uint32_t)snr);
    }
}
