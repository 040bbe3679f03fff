#include "nas/spectrum.h"

void nas_spectrum_init(nas_spectrum_state_t *state, const nas_spectrum_tables_t *tables,
                      int32_t *work, int16_t *history) {
    state->tables = tables;
    state->work = work;
    state->history = history;
    state->n_filled = 0;
}
