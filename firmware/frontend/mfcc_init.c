#include "nas/mfcc.h"

void nas_mfcc_init(nas_mfcc_state_t *state, const nas_mfcc_tables_t *tables, int32_t *work,
                   int16_t *history) {
    state->tables = tables;
    state->work = work;
    state->history = history;
    state->n_filled = 0;
}
