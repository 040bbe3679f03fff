#include <string.h>

#include "nas/raw.h"

size_t nas_raw_clip(const nas_raw_tables_t *tables, const int16_t *samples, size_t n_samples,
                    int32_t *work, int8_t *features) {
    size_t n_frames = 0;
    memset(work, 0, ((size_t)tables->n_taps - tables->decimation) * sizeof(int32_t));
    for (size_t end = tables->hop_length; end <= n_samples; end += tables->hop_length) {
        nas_raw_frame(tables, samples + (end - tables->hop_length), work,
                      features + n_frames * tables->n_bins);
        n_frames++;
    }
    return n_frames;
}
