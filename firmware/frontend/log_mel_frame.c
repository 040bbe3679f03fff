#include "nas/fft.h"
#include "nas/log_mel.h"

void nas_log_mel_frame(const nas_log_mel_tables_t *tables, const int16_t *samples, int32_t *work,
                       int8_t *features) {
    nas_window_apply(tables, samples, work);
    nas_fft_real(work, tables->sine, tables->n_fft);
    nas_mel_features(tables, work, features);
}
