/* The one header of an application, in C or C++: samples in, events out.
 *
 *     #include "nas.h"
 *
 *     static nas_app_t app;
 *
 *     static void on_event(void *context, const nas_event_t *event)
 *     {
 *         (event->label was heard, as sure as nas_event_probability(event), at
 *         nas_event_seconds(event) since the start)
 *     }
 *
 *     nas_app_init(&app, on_event, NULL);
 *     ...
 *     (interrupt)  nas_app_record(&app, samples, n_samples);
 *     (main loop)  nas_app_poll(&app);
 *
 * `listener.h` makes the decisions, `nas/detector.h` says when one is an event. All sizes are fixed
 * by generated headers; nothing is allocated, and the one struct is the caller's. The handler runs
 * within nas_app_poll, never in the interrupt. For the scores of every decision, without events,
 * include `nas_listener.h` instead.
 */
#ifndef NAS_APPLICATION_H
#define NAS_APPLICATION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "detector.h"
#include "listener.h"

typedef char nas_detector_window_is_1_to_65535
    [NAS_DETECTOR_WINDOW >= 1 && NAS_DETECTOR_WINDOW <= 65535 ? 1 : -1];

/* time         samples since the start, up to the end of the last frame that was decided on; those
 *              that found no room in the ring count too
 * label        name of the class, UTF-8
 * class_index  place in the network's output
 * score        mean of its last NAS_DETECTOR_WINDOW scores, rounded down
 */
typedef struct {
    uint64_t time;
    const char *label;
    uint16_t class_index;
    int8_t score;
} nas_event_t;

typedef void (*nas_event_handler_t)(void *context, const nas_event_t *event);

typedef struct {
    nas_listener_t listener;
    nas_detector_t detector;
    nas_event_handler_t handler;
    void *context;
    uint32_t decisions; /* made so far */
    uint32_t missed;    /* samples lost before the newest decision, modulo 2^32 */
    uint32_t wraps;     /* times that `missed` began again at 0 */
    int8_t scores[NAS_DETECTOR_WINDOW * NAS_MODEL_N_CLASSES];
} nas_app_t;

/* Thresholds, window and refractory time of generated/detector.h. */
extern const nas_detector_settings_t nas_app_settings;

/* Start; the next sample recorded is sample 0. `context` is handed to the handler. */
void nas_app_init(nas_app_t *app, nas_event_handler_t handler, void *context);

/* Take up to n_samples; returns how many found room. The rest is lost, and so is what comes until
 * the samples in the ring are worked off: one long gap, not many. May be called from one interrupt.
 */
size_t nas_app_record(nas_app_t *app, const int16_t *samples, size_t n_samples);

/* How many samples nas_app_record would take: for a recorder that can wait, as a file can. */
size_t nas_app_room(const nas_app_t *app);

/* Samples lost since the start, modulo 2^32. May be called from anywhere. */
uint32_t nas_app_lost(const nas_app_t *app);

/* Work off all samples recorded before the call; the handler is called for each event. It returns
 * even where samples come faster than the network takes them. */
void nas_app_poll(nas_app_t *app);

/* The event's score as the network's real output: a probability, 0 to 1, of a network that ends in
 * a softmax or a logistic. In floats: for the handler, nothing here calls it. */
static inline float nas_event_probability(const nas_event_t *event)
{
    return NAS_MODEL_OUTPUT_SCALE * (float)(event->score - NAS_MODEL_OUTPUT_ZERO_POINT);
}

/* The event's time in seconds since the start. */
static inline double nas_event_seconds(const nas_event_t *event)
{
    return (double)event->time / NAS_SAMPLE_RATE_HZ;
}

#ifdef __cplusplus
}
#endif

#endif
