#include "nas/fft.h"
#include "nas/log_mel.h"

static int8_t to_feature(uint64_t energy, const nas_log_mel_tables_t *tables) {
    const int32_t log2_energy = (int32_t)nas_log2_q15(energy, tables->log2_table);
    const int32_t steps = 15 * log2_energy - tables->log_offset;
    return nas_saturate_s8((steps < 0 ? 0 : steps >> 16) - 128);
}

void nas_log_mel_frame(const nas_log_mel_tables_t *tables, const int16_t *samples, int32_t *work,
                       int8_t *features) {
    const nas_frame_t frame = {tables->window, tables->win_length, tables->n_fft, 0, 0};
    const nas_mel_t mel = {tables->mel_start, tables->mel_weight, tables->n_mels, 0};
    int32_t *const energies = work + tables->n_fft;

    nas_frame_window(&frame, samples, work);
    nas_fft_real(work, tables->sine, tables->n_fft);
    nas_mel_energies(&mel, work, energies);
    for (size_t band = 0; band < tables->n_mels; band++) {
        features[band] = to_feature(nas_load_u64(energies + 2 * band), tables);
    }
}
