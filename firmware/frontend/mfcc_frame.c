#include "nas/fft.h"
#include "nas/mfcc.h"
#include "nas/stages.h"

void nas_mfcc_frame(const nas_mfcc_tables_t *tables, const int16_t *samples, int32_t *work,
                    int8_t *features) {
    const nas_frame_t frame = {tables->window, tables->win_length, tables->n_fft,
                               tables->pre_emphasis_q15, tables->remove_mean};
    const nas_mel_t mel = {tables->mel_start, tables->mel_weight, tables->n_mels,
                           tables->magnitude};
    int32_t *const bands = work + tables->n_fft;

    nas_frame_window(&frame, samples, work);
    nas_fft_real(work, tables->sine, tables->n_fft);
    nas_mel_energies(&mel, work, bands);
    nas_mfcc_levels(tables, bands);
    nas_mfcc_dct(tables, bands, features);
}
