#include "nas/micro.h"

static uint32_t scaled_q14(uint32_t value, uint32_t factor) {
    return (uint32_t)(((uint64_t)value * factor) >> 14);
}

/* The sum of both products is rounded down once. */
static uint32_t mixed_q14(uint32_t a, uint32_t b, uint32_t share_of_a) {
    const uint64_t sum = (uint64_t)a * share_of_a + (uint64_t)b * (NAS_MICRO_Q14_ONE - share_of_a);
    return (uint32_t)(sum >> 14);
}

void nas_micro_noise(const nas_micro_tables_t *tables, uint32_t *noise, uint32_t *signal) {
    const unsigned bits = tables->smoothing_bits;

    for (size_t i = 0; i < tables->n_channels; i++) {
        const uint32_t smoothing = (i & 1u) ? tables->odd_smoothing : tables->even_smoothing;
        const uint32_t raised = signal[i] << bits;
        const uint32_t estimate = mixed_q14(raised, noise[i], smoothing);
        const uint32_t left = raised > estimate ? (raised - estimate) >> bits : 0u;
        const uint32_t least = scaled_q14(signal[i], tables->min_signal_remaining);
        noise[i] = estimate;
        signal[i] = left > least ? left : least;
    }
}
