#include "nas/micro.h"
#include "nas/stages.h"

/* Energies have 2 x 16 - NAS_POWER_SHIFT + 15 fraction bits of (spectrum / n_fft)^2; the square of
 * the signal has twice its own. */
#define ENERGY_SHIFT (32 - NAS_POWER_SHIFT + 15 - 2 * NAS_MICRO_SIGNAL_BITS)

void nas_micro_signal(const nas_micro_tables_t *tables, const int32_t *energies, uint32_t *signal) {
    for (size_t i = 0; i < tables->n_channels; i++) {
        signal[i] = nas_sqrt_u64(nas_load_u64(energies + 2 * i) >> ENERGY_SHIFT);
    }
}
