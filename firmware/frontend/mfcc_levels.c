#include "nas/mfcc.h"
#include "nas/stages.h"

static int32_t limit(int32_t level) {
    if (level > NAS_MFCC_LEVEL_MAX) {
        return NAS_MFCC_LEVEL_MAX;
    }
    return level < -NAS_MFCC_LEVEL_MAX ? -NAS_MFCC_LEVEL_MAX : level;
}

void nas_mfcc_levels(const nas_mfcc_tables_t *tables, int32_t *bands) {
    for (size_t n = 0; n < tables->n_mels; n++) {
        const uint64_t energy = nas_load_u64(bands + 2 * n);
        const int32_t log2_energy = (int32_t)nas_log2_q15(energy, tables->log2_table);
        bands[n] = limit((log2_energy - tables->log_middle + 64) >> 7);
    }
}
