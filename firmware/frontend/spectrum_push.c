#include <string.h>

#include "nas/spectrum.h"

/* Features of the full history; then the oldest hop_length samples make room. */
static void finish_frame(nas_spectrum_state_t *state, int8_t *features) {
    const nas_spectrum_tables_t *const tables = state->tables;
    const uint32_t kept = (uint32_t)tables->win_length - tables->hop_length;
    nas_spectrum_frame(tables, state->history, state->work, features);
    memmove(state->history, state->history + tables->hop_length, kept * sizeof(int16_t));
    state->n_filled = kept;
}

size_t nas_spectrum_push(nas_spectrum_state_t *state, const int16_t *samples, size_t n_samples,
                         int8_t *features) {
    size_t n_frames = 0;
    while (n_samples > 0u) {
        const size_t room = (size_t)state->tables->win_length - state->n_filled;
        const size_t n = n_samples < room ? n_samples : room;
        memcpy(state->history + state->n_filled, samples, n * sizeof(int16_t));
        state->n_filled += (uint32_t)n;
        samples += n;
        n_samples -= n;
        if (n == room) {
            finish_frame(state, features + n_frames * state->tables->n_bins);
            n_frames++;
        }
    }
    return n_frames;
}
