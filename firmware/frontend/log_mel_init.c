#include "nas/log_mel.h"

void nas_log_mel_init(nas_log_mel_state_t *state, const nas_log_mel_tables_t *tables,
                      int32_t *work, int16_t *history) {
    state->tables = tables;
    state->work = work;
    state->history = history;
    state->n_filled = 0;
}
