#include "nas/micro.h"
#include "nas/stages.h"

#define LN2_Q16 45426u

/* round(2^log_shift x ln(x)), and 0 for 0 and 1. */
static uint32_t scaled_log(uint32_t x, const nas_micro_tables_t *tables) {
    const unsigned shift = 31u - tables->log_shift;
    const uint64_t log_q31 = (uint64_t)nas_log2_q15(x, tables->log2_table) * LN2_Q16;
    return (uint32_t)((log_q31 + ((uint64_t)1 << (shift - 1u))) >> shift);
}

void nas_micro_features(const nas_micro_tables_t *tables, const uint32_t *signal,
                        int8_t *features) {
    for (size_t i = 0; i < tables->n_channels; i++) {
        const uint32_t value = scaled_log(signal[i] << tables->correction_bits, tables);
        const uint32_t step = (value * tables->feature_step + 0x8000u) >> 16;
        features[i] = nas_saturate_s8((int32_t)step - 128);
    }
}
