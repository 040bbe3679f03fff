#include "nas/spectrum.h"

size_t nas_spectrum_clip(const nas_spectrum_tables_t *tables, const int16_t *samples,
                         size_t n_samples, int32_t *work, int8_t *features) {
    size_t n_frames = 0;
    for (size_t end = tables->win_length; end <= n_samples; end += tables->hop_length) {
        nas_spectrum_frame(tables, samples + (end - tables->win_length), work,
                           features + n_frames * tables->n_bins);
        n_frames++;
    }
    return n_frames;
}
