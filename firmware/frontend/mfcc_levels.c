#include "nas/mfcc.h"
#include "nas/stages.h"

/* log_slope x log2 has 12 + 15 fraction bits, a level 5. */
#define LEVEL_SHIFT 22
/* 120 and a half in them, and what rounds. */
#define FULL_SCALE (((int64_t)241 << 26) + ((int64_t)1 << (LEVEL_SHIFT - 1)))

static int32_t to_level(uint64_t energy, const nas_mfcc_tables_t *tables) {
    const int32_t log2_energy = (int32_t)nas_log2_q15(energy, tables->log2_table);
    const int64_t doublings = (int64_t)log2_energy - tables->log_reference;
    const int32_t level = (int32_t)((tables->log_slope * doublings + FULL_SCALE) >> LEVEL_SHIFT);
    const int32_t lowest = 32 * tables->lowest + 16;
    const int32_t floored = level < lowest ? lowest : level;
    return floored > NAS_MFCC_LEVEL_MAX ? NAS_MFCC_LEVEL_MAX : floored;
}

void nas_mfcc_levels(const nas_mfcc_tables_t *tables, int32_t *bands) {
    const uint64_t offset = ((uint64_t)tables->log_offset_high << 32) | tables->log_offset_low;
    for (size_t n = 0; n < tables->n_mels; n++) {
        bands[n] = to_level(nas_load_u64(bands + 2 * n) + offset, tables);
    }
}
