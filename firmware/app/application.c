#include "nas.h"

#define FIRST_DECISION (NAS_WIN_LENGTH + (NAS_RUN_IN_FRAMES + NAS_N_FRAMES - 1) * NAS_HOP_LENGTH)
#define DECISION_STEP (NAS_DECISION_FRAMES * NAS_HOP_LENGTH)
/* Decisions after which no sample is left that was in the ring before the first of them. */
#define DECISIONS_OF_A_RING (NAS_AUDIO_RING_LENGTH / DECISION_STEP + 2)

typedef char a_class_is_an_output[NAS_MODEL_N_CLASSES == NAS_MODEL_OUTPUT_BYTES ? 1 : -1];

static const int16_t thresholds[NAS_MODEL_N_CLASSES] = NAS_DETECTOR_THRESHOLDS;

const nas_detector_settings_t nas_app_settings = {
    .thresholds = thresholds,
    .refractory = NAS_DETECTOR_REFRACTORY,
    .n_classes = NAS_MODEL_N_CLASSES,
    .window = NAS_DETECTOR_WINDOW,
};

void nas_app_init(nas_app_t *app, nas_event_handler_t handler, void *context)
{
    nas_listener_init(&app->listener);
    nas_detector_init(&app->detector, &nas_app_settings, app->scores);
    app->handler = handler;
    app->context = context;
    app->decisions = 0U;
    app->missed = 0U;
    app->wraps = 0U;
}

size_t nas_app_record(nas_app_t *app, const int16_t *samples, size_t n_samples)
{
    return nas_listener_record(&app->listener, samples, n_samples);
}

size_t nas_app_room(const nas_app_t *app)
{
    return nas_listener_room(&app->listener);
}

uint32_t nas_app_lost(const nas_app_t *app)
{
    return nas_listener_lost(&app->listener);
}

static void count_missed(nas_app_t *app)
{
    const uint32_t missed = app->listener.missed;
    if (missed < app->missed) {
        ++app->wraps;
    }
    app->missed = missed;
}

static uint64_t time_of_decision(const nas_app_t *app)
{
    const uint64_t missed = ((uint64_t)app->wraps << 32) + app->missed;
    return FIRST_DECISION + (uint64_t)app->decisions * DECISION_STEP + missed;
}

static void decide(nas_app_t *app, const int8_t *output)
{
    nas_event_t event;
    const int32_t index = nas_detector_push(&app->detector, output, &event.score);
    count_missed(app);
    if (index != NAS_DETECTOR_NOTHING) {
        event.time = time_of_decision(app);
        event.label = nas_model_labels[index];
        event.class_index = (uint16_t)index;
        app->handler(app->context, &event);
    }
    ++app->decisions;
}

void nas_app_poll(nas_app_t *app)
{
    const int8_t *output;
    uint32_t left = DECISIONS_OF_A_RING;
    while (left > 0U && (output = nas_listener_poll(&app->listener)) != NULL) {
        decide(app, output);
        --left;
    }
}
