/* The front end of one frontend_tables.h as PROBE_CASE, a probe_front_end.
 *
 * Compiled once a setting, with nas_front_end_tables defined as a name of its own. */
#include "frontend_tables.h"
#include "probe_frontend.h"

extern const probe_front_end PROBE_CASE;

static void init(void *memory)
{
    nas_front_end_memory_t *m = memory;
    NAS_FRONT_END_INIT(&m->state, &nas_front_end_tables, m->work, m->history);
}

static size_t push(void *memory, const int16_t *samples, size_t n_samples, int8_t *features)
{
    nas_front_end_memory_t *m = memory;
    return NAS_FRONT_END_PUSH(&m->state, samples, n_samples, features);
}

static size_t clip(void *memory, const int16_t *samples, size_t n_samples, int8_t *features)
{
    nas_front_end_memory_t *m = memory;
    return NAS_FRONT_END_CLIP(&nas_front_end_tables, samples, n_samples, m->work, features);
}

const probe_front_end PROBE_CASE = {
    .memory_bytes = sizeof(nas_front_end_memory_t),
    .clip_length = NAS_CLIP_LENGTH,
    .win_length = NAS_WIN_LENGTH,
    .hop_length = NAS_HOP_LENGTH,
    .n_bins = NAS_N_BINS,
    .init = init,
    .push = push,
    .clip = clip,
};
