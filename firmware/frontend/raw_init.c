#include <string.h>

#include "nas/raw.h"

void nas_raw_init(nas_raw_state_t *state, const nas_raw_tables_t *tables, int32_t *work,
                  int16_t *history) {
    state->tables = tables;
    state->work = work;
    state->history = history;
    state->n_filled = 0;
    memset(work, 0, ((size_t)tables->n_taps - tables->decimation) * sizeof(int32_t));
}
