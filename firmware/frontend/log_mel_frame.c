#include "nas/fft.h"
#include "nas/log_mel.h"

/* log_slope x level has 12 + 15 fraction bits; 120 in them. */
#define SLOPE_BITS 27
#define FULL_SCALE ((int64_t)120 << SLOPE_BITS)
#define HALF ((int64_t)1 << (SLOPE_BITS - 1))

static void spectrum(const nas_log_mel_tables_t *tables, const int16_t *samples, int32_t *work) {
    const nas_frame_t frame = {tables->window, tables->win_length, tables->n_fft,
                               tables->pre_emphasis_q15, tables->remove_mean};
    nas_frame_window(&frame, samples, work);
    nas_fft_real(work, tables->sine, tables->n_fft);
}

static void band_energies(const nas_log_mel_tables_t *tables, int32_t *work) {
    const nas_mel_t mel = {tables->mel_start, tables->mel_weight, tables->n_mels,
                           tables->magnitude};
    nas_mel_energies(&mel, work, work + tables->n_fft);
}

/* Steps of int8, not rounded: SLOPE_BITS fraction bits. */
static int64_t to_steps(uint64_t energy, const nas_log_mel_tables_t *tables) {
    const int32_t log2_energy = (int32_t)nas_log2_q15(energy, tables->log2_table);
    const int64_t level = (int64_t)log2_energy - tables->log_reference;
    return tables->log_slope * level + FULL_SCALE;
}

static int8_t to_feature(int64_t steps, int32_t lowest) {
    const int32_t feature = (int32_t)((steps + HALF) >> SLOPE_BITS);
    return nas_saturate_s8(feature < lowest ? lowest : feature);
}

static int8_t to_normalised(int64_t steps, int32_t lowest, const int16_t *channel) {
    const int32_t value = (int32_t)(steps >> (SLOPE_BITS - 8));
    return nas_normalise_s8(value < lowest * 256 ? lowest * 256 : value, channel);
}

void nas_log_mel_frame(const nas_log_mel_tables_t *tables, const int16_t *samples, int32_t *work,
                       int8_t *features) {
    const uint64_t offset = ((uint64_t)tables->log_offset_high << 32) | tables->log_offset_low;
    const int32_t *const energies = work + tables->n_fft;

    spectrum(tables, samples, work);
    band_energies(tables, work);
    for (size_t band = 0; band < tables->n_mels; band++) {
        const int64_t steps = to_steps(nas_load_u64(energies + 2 * band) + offset, tables);
        features[band] = tables->channel == NULL
                             ? to_feature(steps, tables->lowest)
                             : to_normalised(steps, tables->lowest, tables->channel + 2 * band);
    }
}
