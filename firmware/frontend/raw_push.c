#include <string.h>

#include "nas/raw.h"

size_t nas_raw_push(nas_raw_state_t *state, const int16_t *samples, size_t n_samples,
                    int8_t *features) {
    const nas_raw_tables_t *const tables = state->tables;
    size_t n_frames = 0;
    while (n_samples > 0u) {
        const size_t room = (size_t)tables->hop_length - state->n_filled;
        const size_t n = n_samples < room ? n_samples : room;
        memcpy(state->history + state->n_filled, samples, n * sizeof(int16_t));
        state->n_filled += (uint32_t)n;
        samples += n;
        n_samples -= n;
        if (n == room) {
            nas_raw_frame(tables, state->history, state->work,
                          features + n_frames * tables->n_bins);
            state->n_filled = 0;
            n_frames++;
        }
    }
    return n_frames;
}
