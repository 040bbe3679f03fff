#include "listener.h"

#include <string.h>

typedef char feature_ring_is_the_input[NAS_FEATURE_LENGTH == NAS_MODEL_INPUT_BYTES ? 1 : -1];

void nas_listener_init(nas_listener_t *listener)
{
    nas_front_end_memory_t *front_end = &listener->front_end;
    NAS_FRONT_END_INIT(&front_end->state, &nas_front_end_tables, front_end->work,
                     front_end->history);
    nas_audio_ring_init(&listener->audio);
    listener->oldest_frame = 0U;
    listener->missing = NAS_RUN_IN_FRAMES + NAS_N_FRAMES;
    listener->missed = 0U;
}

size_t nas_listener_record(nas_listener_t *listener, const int16_t *samples, size_t n_samples)
{
    return nas_audio_ring_write(&listener->audio, samples, n_samples);
}

size_t nas_listener_room(const nas_listener_t *listener)
{
    return nas_audio_ring_room(&listener->audio);
}

uint32_t nas_listener_lost(const nas_listener_t *listener)
{
    return listener->audio.lost;
}

/* The ring's rows into the network's input, oldest first. */
static void fill_input(const nas_listener_t *listener)
{
    const size_t split = (size_t)listener->oldest_frame * NAS_N_BINS;
    int8_t *input = nas_model_input();
    memcpy(input, listener->features + split, NAS_FEATURE_LENGTH - split);
    memcpy(input + NAS_FEATURE_LENGTH - split, listener->features, split);
}

static const int8_t *one_more_frame(nas_listener_t *listener)
{
    listener->oldest_frame = (listener->oldest_frame + 1U) % NAS_N_FRAMES;
    --listener->missing;
    if (listener->missing > 0U) {
        return NULL;
    }
    listener->missing = NAS_DECISION_FRAMES;
    fill_input(listener);
    nas_model_run();
    return nas_model_output();
}

const int8_t *nas_listener_poll(nas_listener_t *listener)
{
    const int8_t *output = NULL;
    const int16_t *samples;
    size_t count;
    while (output == NULL &&
           (count = nas_audio_ring_peek(&listener->audio, &samples, NAS_HOP_LENGTH)) > 0U) {
        int8_t *row = listener->features + (size_t)listener->oldest_frame * NAS_N_BINS;
        const size_t frames =
            NAS_FRONT_END_PUSH(&listener->front_end.state, samples, count, row);
        listener->missed = listener->audio.missed;
        nas_audio_ring_drop(&listener->audio, count);
        if (frames > 0U) {
            output = one_more_frame(listener);
        }
    }
    return output;
}
