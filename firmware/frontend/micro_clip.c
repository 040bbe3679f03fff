#include "nas/micro.h"

size_t nas_micro_clip(const nas_micro_tables_t *tables, const int16_t *samples, size_t n_samples,
                      int32_t *work, int8_t *features) {
    size_t n_frames = 0;
    for (size_t i = 0; i < tables->n_channels; i++) {
        work[i] = 0;
    }
    for (size_t end = tables->win_length; end <= n_samples; end += tables->hop_length) {
        nas_micro_frame(tables, samples + (end - tables->win_length), work,
                        features + n_frames * tables->n_channels);
        n_frames++;
    }
    return n_frames;
}
