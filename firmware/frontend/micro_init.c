#include "nas/micro.h"

void nas_micro_init(nas_micro_state_t *state, const nas_micro_tables_t *tables, int32_t *work,
                    int16_t *history) {
    state->tables = tables;
    state->work = work;
    state->history = history;
    state->n_filled = 0;
    for (size_t i = 0; i < tables->n_channels; i++) {
        work[i] = 0;
    }
}
